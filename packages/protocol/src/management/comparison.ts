/** How two environments of a project differ. */
import { type Static, Type } from 'typebox';
import { closed, Count, Key } from './basis.ts';

const Side = Type.Union(
  [
    Type.Object(
      {
        revision: Type.Integer({ minimum: 1, description: 'That last changed it there.' }),
        content: Type.Unknown({
          description: 'What an edit takes: the members of a flag configuration or of a segment.',
        }),
      },
      closed,
    ),
    Type.Null(),
  ],
  { description: 'Null: it is not there.' },
);

export const ComparisonSchema = Type.Object(
  {
    from: Key,
    to: Key,
    items: Type.Array(
      Type.Object(
        {
          kind: Type.Enum(['flag', 'segment']),
          key: Key,
          differs: Type.Array(Type.String(), { description: 'Names of the members that are not the same, in order.' }),
          from: Side,
          to: Side,
        },
        closed,
      ),
      { description: 'Flags first, each kind by key. What is the same on both sides is left out.' },
    ),
    same: Type.Integer({ minimum: 0, description: 'How many flags and segments are the same on both sides.' }),
    more: Count,
  },
  { $id: 'Comparison', ...closed },
);

export type Comparison = Static<typeof ComparisonSchema>;
