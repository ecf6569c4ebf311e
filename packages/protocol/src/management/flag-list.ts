/** Lists of flags, what one can filter them by, and the filters that people keep. */
import { type Static, Type } from 'typebox';
import { closed, Count, Key, Line, ref, Timestamp } from './basis.ts';
import { FlagConfigurationSchema, FlagSchema, FlagTypeSchema } from './content.ts';

export const FlagPageSchema = Type.Object(
  {
    items: Type.Array(ref(FlagSchema)),
    next: Type.Union([Type.String(), Type.Null()]),
    total: Type.Integer({ minimum: 0, description: 'How many flags the filter finds, on all pages.' }),
  },
  { $id: 'FlagPage', ...closed },
);

const facet = Type.Array(Type.Object({ value: Type.String(), count: Count }, closed));
export const FlagFacetsSchema = Type.Object(
  {
    tags: facet,
    owners: facet,
    types: Type.Array(Type.Object({ value: FlagTypeSchema, count: Count }, closed)),
  },
  {
    $id: 'FlagFacets',
    description: 'What the active flags of a project have, the most frequent first; at most 500 tags and 500 owners.',
    ...closed,
  },
);

export const FlagConfigurationsSchema = Type.Object(
  { items: Type.Array(ref(FlagConfigurationSchema)) },
  { $id: 'FlagConfigurations', ...closed },
);

const FilterName = Line({ minLength: 1, maxLength: 100 });
const FilterQuery = Type.String({
  maxLength: 1_024,
  pattern: '^[!-~]*$',
  description: 'Search parameters as in a URL, without the question mark, e.g. `tag=web&sort=changed`.',
});
export const SavedFilterSchema = Type.Object(
  { id: Type.String(), project: Key, name: FilterName, query: FilterQuery, createdAt: Timestamp },
  { $id: 'SavedFilter', ...closed },
);
export const SavedFilterCreateSchema = Type.Object(
  { project: Key, name: FilterName, query: FilterQuery },
  { $id: 'SavedFilterCreate', ...closed },
);

export type FlagPage = Static<typeof FlagPageSchema>;
export type FlagFacets = Static<typeof FlagFacetsSchema>;
export type FlagConfigurations = Static<typeof FlagConfigurationsSchema>;
export type SavedFilter = Static<typeof SavedFilterSchema>;
export type SavedFilterCreate = Static<typeof SavedFilterCreateSchema>;
