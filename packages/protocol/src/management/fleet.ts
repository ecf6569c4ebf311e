/** Who follows an environment, and how far a change has come. */
import { type Static, Type } from 'typebox';
import { closed, Count, Key, ref, Timestamp } from './basis.ts';

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(type: T, description: string) =>
  Type.Union([type, Type.Null()], { description });
const Milliseconds = Type.Number({ minimum: 0 });

const followed = {
  host: Type.String({ description: 'Where it runs.' }),
  epoch: Nullable(Count, 'Null with the revision: it holds no ruleset yet.'),
  revision: Nullable(Count, 'What it answers from.'),
  lag: Nullable(Count, 'Revisions that it is behind; null: of another epoch, or none.'),
  appliedAt: Nullable(Timestamp, 'When it applied that revision; null: it began with it.'),
  ageMs: Nullable(Milliseconds, 'Since it last knew that this is the newest, when it said so; null: it never did.'),
  problem: Nullable(Type.String(), 'Why it does not apply what is newer.'),
  live: Type.Boolean(),
  seenAt: Type.String({ description: 'When it was last heard of. RFC 3339, UTC.' }),
} as const;

export const FleetEdgeSchema = Type.Object(
  {
    edge: Type.String({ description: 'Random for each start.' }),
    version: Type.String(),
    ...followed,
    instances: Type.Integer({ minimum: 0, description: 'Live instances that send it their receipts.' }),
    uncounted: Type.Integer({ minimum: 0, description: 'Receipts of late that it had no room to count.' }),
    canary: Type.Boolean({ description: 'Whether it tries changes before they are published.' }),
  },
  { $id: 'FleetEdge', description: 'Live while heard of within a minute.', ...closed },
);
export const FleetInstanceSchema = Type.Object(
  {
    instance: Type.String({ description: 'Random for each start.' }),
    sdk: Type.String(),
    edge: Type.String({ description: 'The one that heard of it last.' }),
    ...followed,
  },
  { $id: 'FleetInstance', description: 'A process with an SDK. Live while heard of within two minutes.', ...closed },
);
export const FollowerShareSchema = Type.Object(
  {
    live: Count,
    applied: Type.Integer({ minimum: 0, description: 'Those of them that have the revision, or a later one.' }),
    p50Ms: Nullable(
      Milliseconds,
      'From the commit, on the database’s clock; null: nobody has said, or it is forgotten.',
    ),
    p99Ms: Nullable(Milliseconds, 'The same.'),
  },
  { $id: 'FollowerShare', ...closed },
);
/** Whether the numbers beside it can be believed. */
const counting = {
  foldedAt: Nullable(
    Timestamp,
    'When what edges say was last worked off; null: not since the database was made, or crashed.',
  ),
  known: Type.Boolean({
    description:
      'Whether it is known who follows. False while nothing is worked off for a minute, and for twenty seconds after it began: live edges may not have been heard of.',
  }),
  uncounted: Type.Integer({
    minimum: 0,
    description:
      'Receipts of late that live edges had no room to count: more than 0, and there are instances beyond `live`.',
  }),
} as const;
export const FleetSchema = Type.Object(
  {
    environment: Key,
    epoch: Count,
    revision: Type.Integer({ minimum: 0, description: 'The newest one.' }),
    withheld: Nullable(Type.String(), 'Why what was changed last is not what followers get.'),
    edges: Type.Array(ref(FleetEdgeSchema), { description: '200 at most.' }),
    instances: Type.Array(ref(FleetInstanceSchema), { description: 'Those known by name, 1,000 at most.' }),
    live: Type.Object(
      { edges: ref(FollowerShareSchema), instances: ref(FollowerShareSchema), ...counting },
      { description: 'All live ones, also those that no name is known of, at the newest revision.', ...closed },
    ),
  },
  { $id: 'Fleet', description: 'What was not heard of for a day is forgotten.', ...closed },
);
export const LaggardSchema = Type.Object(
  {
    kind: Type.Enum(['edge', 'instance']),
    id: Type.String(),
    program: Type.String({ description: 'The SDK, or the version of the edge.' }),
    host: Type.String(),
    epoch: followed.epoch,
    revision: followed.revision,
    problem: followed.problem,
    seenAt: followed.seenAt,
  },
  { $id: 'Laggard', ...closed },
);
export const DeliverySchema = Type.Object(
  {
    change: Type.String(),
    environments: Type.Array(
      Type.Object(
        {
          environment: Key,
          epoch: Count,
          revision: Count,
          withheld: Nullable(Type.String(), 'Why followers have the revision without what the change wrote.'),
          edges: ref(FollowerShareSchema),
          instances: ref(FollowerShareSchema),
          ...counting,
          laggards: Type.Array(ref(LaggardSchema), { description: 'Live ones without the revision, 20 at most.' }),
        },
        closed,
      ),
    ),
  },
  { $id: 'Delivery', description: 'How far a change has come, as live followers say it.', ...closed },
);

export type FleetEdge = Static<typeof FleetEdgeSchema>;
export type FleetInstance = Static<typeof FleetInstanceSchema>;
export type FollowerShare = Static<typeof FollowerShareSchema>;
export type FleetResource = Static<typeof FleetSchema>;
export type Laggard = Static<typeof LaggardSchema>;
export type DeliveryResource = Static<typeof DeliverySchema>;
