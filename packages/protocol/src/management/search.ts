/** Finding things by a part of their key or name. */
import { type Static, Type } from 'typebox';
import { closed, Key } from './basis.ts';

export const SearchResultsSchema = Type.Object(
  {
    items: Type.Array(
      Type.Object(
        {
          kind: Type.Enum(['project', 'environment', 'flag', 'segment']),
          project: Key,
          environment: Type.Union([Key, Type.Null()], { description: 'Of a segment; of an environment its own key.' }),
          key: Key,
          name: Type.String({ description: 'A segment has none: its key.' }),
        },
        closed,
      ),
      { description: 'The best first; at most 20.' },
    ),
  },
  { $id: 'SearchResults', ...closed },
);

export type SearchResults = Static<typeof SearchResultsSchema>;
