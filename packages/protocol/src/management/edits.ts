/** What a change did to each entity, and putting it back. */
import { type Static, Type } from 'typebox';
import { closed, Count, Key } from './basis.ts';

const Entity = Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()]);

export const ChangeEditsSchema = Type.Object(
  {
    items: Type.Array(
      Type.Object(
        {
          environment: Key,
          kind: Type.Enum(['flag', 'segment']),
          key: Key,
          epoch: Count,
          revision: Count,
          before: Entity,
          after: Entity,
          revertible: Type.Boolean({
            description:
              'Whether it is an edit that can be put back in an environment that is in use. Whether somebody edited the same since, only the attempt tells.',
          }),
        },
        closed,
      ),
      {
        description:
          'As SDKs get them: a member that is absent is empty. Null: there was none, or there is none any more.',
      },
    ),
    more: Type.Boolean({ description: 'There are others: 200 items and 8 MiB are the most.' }),
  },
  { $id: 'ChangeEdits', ...closed },
);
export const RevertSchema = Type.Object(
  {
    edits: Type.Optional(
      Type.Array(Type.Object({ environment: Key, flag: Type.Optional(Key), segment: Type.Optional(Key) }, closed), {
        minItems: 1,
        maxItems: 500,
        description: 'Each names either a flag or a segment. Absent: everything of the change that you may see.',
      }),
    ),
  },
  { $id: 'Revert', ...closed },
);

export type ChangeEdits = Static<typeof ChangeEditsSchema>;
export type ChangeEdit = ChangeEdits['items'][number];
export type Revert = Static<typeof RevertSchema>;
