/** Projects, environments, flags, their configurations, and segments. */
import { type Static, Type } from 'typebox';
import { closed, Description, Key, Name, Owner, ref, Tags, Timestamp } from './basis.ts';

export const FlagTypeSchema = Type.Enum(['boolean', 'string', 'number', 'object']);

/** Any JSON value; the flag's own check says what it must be. */
const Value = Type.Unknown({ description: 'Any JSON value of the flag’s type.' });
const Variants = Type.Record(Key, Value, { description: 'Variant name to value.' });

export const ProjectSchema = Type.Object(
  {
    key: Key,
    name: Name,
    createdAt: Timestamp,
    archivedAt: Type.Union([Timestamp, Type.Null()]),
    version: Type.Integer({ minimum: 1, description: 'Also the ETag, in quotes.' }),
  },
  { $id: 'Project', ...closed },
);
export const ProjectCreateSchema = Type.Object(
  {
    key: Key,
    name: Type.Optional(Name),
    environments: Type.Optional(Type.Array(Key, { maxItems: 50, uniqueItems: true })),
  },
  { $id: 'ProjectCreate', ...closed },
);
export const NameEditSchema = Type.Object({ name: Name }, { $id: 'NameEdit', ...closed });

const HoldSeconds = Type.Union([Type.Integer({ minimum: 5, maximum: 86_400 }), Type.Null()], {
  description:
    'Not null: a change is tried on canary edges first, and published when it was healthy there for so long (docs/guide/staged.md).',
});
export const EnvironmentEditSchema = Type.Object(
  { name: Type.Optional(Name), holdSeconds: Type.Optional(HoldSeconds) },
  { $id: 'EnvironmentEdit', minProperties: 1, ...closed },
);
export const EnvironmentSchema = Type.Object(
  {
    id: Type.String(),
    project: Key,
    key: Key,
    name: Name,
    epoch: Type.Integer({ minimum: 1 }),
    revision: Type.Integer({ minimum: 0 }),
    holdSeconds: HoldSeconds,
    createdAt: Timestamp,
    archivedAt: Type.Union([Timestamp, Type.Null()]),
    version: Type.Integer({ minimum: 1, description: 'Also the ETag, in quotes.' }),
  },
  { $id: 'Environment', ...closed },
);
export const EnvironmentCreateSchema = Type.Object(
  { key: Key, name: Type.Optional(Name) },
  { $id: 'EnvironmentCreate', ...closed },
);

export const FlagStateSchema = Type.Object(
  {
    environment: Key,
    enabled: Type.Boolean(),
    serves: Type.String({
      description:
        'At a glance: `off`; the name of the variant that everybody gets; `rollout` when everybody takes part in one; `rules` when prerequisites, targets or rules come first.',
    }),
    revision: Type.Integer({ minimum: 0, description: 'That last changed it.' }),
    changedAt: Timestamp,
  },
  { $id: 'FlagState', ...closed },
);
export const FlagSchema = Type.Object(
  {
    project: Key,
    key: Key,
    type: FlagTypeSchema,
    name: Name,
    description: Description,
    owner: Owner,
    tags: Tags,
    variants: Type.Array(Key, { description: 'Variant names, in order.' }),
    lifecycle: Type.Enum(['active', 'archived']),
    createdAt: Timestamp,
    changedAt: Type.String({
      description: 'RFC 3339, UTC. The last change of the flag itself or in an environment that you may see.',
    }),
    version: Type.Integer({ minimum: 1, description: 'Also the ETag, in quotes.' }),
    environments: Type.Array(ref(FlagStateSchema), {
      description: 'The state in every environment that you may see.',
    }),
  },
  { $id: 'Flag', ...closed },
);
export const FlagCreateSchema = Type.Object(
  {
    key: Key,
    type: FlagTypeSchema,
    name: Type.Optional(Name),
    description: Type.Optional(Description),
    owner: Type.Optional(Owner),
    tags: Type.Optional(Tags),
    variants: Type.Optional(Variants),
    offVariant: Type.Optional(Key),
    defaultVariant: Type.Optional(Key),
    clientVisible: Type.Optional(Type.Boolean()),
    enabled: Type.Optional(Type.Boolean({ description: 'In every environment. Absent: off.' })),
  },
  {
    $id: 'FlagCreate',
    description: 'A boolean flag needs no variants: it gets `on` = true and `off` = false. Others name at least one.',
    ...closed,
  },
);
export const FlagEditSchema = Type.Object(
  {
    name: Type.Optional(Name),
    description: Type.Optional(Description),
    owner: Type.Optional(Owner),
    tags: Type.Optional(Tags),
    addVariants: Type.Optional(Variants),
  },
  { $id: 'FlagEdit', minProperties: 1, ...closed },
);

/** Prerequisites, targets, rules and serves are checked by the evaluator's own check, which names the path of what is wrong. */
const configuration = {
  enabled: Type.Boolean(),
  variants: Variants,
  offVariant: Type.Union([Key, Type.Null()]),
  clientVisible: Type.Boolean(),
  prerequisites: Type.Array(Type.Unknown(), { description: '`{"flag": key, "variants": [name, …]}`; all must hold.' }),
  targets: Type.Array(Type.Unknown()),
  rules: Type.Array(Type.Unknown()),
  default: Type.Unknown({ description: '`{"variant": name}` or `{"rollout": …}`.' }),
} as const;

export const FlagConfigurationSchema = Type.Object(
  {
    project: Key,
    environment: Key,
    key: Key,
    type: FlagTypeSchema,
    ...configuration,
    revision: Type.Integer({ minimum: 1, description: 'That last changed it. Also the ETag, in quotes.' }),
  },
  { $id: 'FlagConfiguration', ...closed },
);
export const FlagConfigurationEditSchema = Type.Partial(Type.Object(configuration), {
  $id: 'FlagConfigurationEdit',
  description: 'Members that are present replace those of the configuration; the others stay.',
  minProperties: 1,
  ...closed,
});

const segment = {
  included: Type.Array(Type.String({ minLength: 1, maxLength: 1_024 }), { maxItems: 100_000 }),
  excluded: Type.Array(Type.String({ minLength: 1, maxLength: 1_024 }), { maxItems: 100_000 }),
  conditions: Type.Array(Type.Unknown()),
} as const;
export const SegmentSchema = Type.Object(
  {
    project: Key,
    environment: Key,
    key: Key,
    ...segment,
    revision: Type.Integer({ minimum: 1, description: 'That last changed it. Also the ETag, in quotes.' }),
  },
  { $id: 'Segment', ...closed },
);
export const SegmentCreateSchema = Type.Object(
  { key: Key, ...Type.Partial(Type.Object(segment)).properties },
  { $id: 'SegmentCreate', ...closed },
);
export const SegmentEditSchema = Type.Partial(Type.Object(segment), {
  $id: 'SegmentEdit',
  minProperties: 1,
  ...closed,
});

export const SegmentSummarySchema = Type.Object(
  {
    key: Key,
    included: Type.Integer({ minimum: 0, description: 'How many keys.' }),
    excluded: Type.Integer({ minimum: 0, description: 'How many keys.' }),
    conditions: Type.Integer({ minimum: 0, description: 'How many, those inside groups not counted.' }),
    revision: Type.Integer({
      minimum: 1,
      description: 'That last changed it. Also the ETag of the segment, in quotes.',
    }),
    changedAt: Timestamp,
  },
  { $id: 'SegmentSummary', ...closed },
);
export const UsageSchema = Type.Object(
  {
    flags: Type.Array(Key, { description: 'Flags with a rule that refers to it.' }),
    segments: Type.Array(Key, { description: 'Segments with a condition that refers to it.' }),
  },
  { $id: 'Usage', ...closed },
);

export type Project = Static<typeof ProjectSchema>;
export type ProjectCreate = Static<typeof ProjectCreateSchema>;
export type Environment = Static<typeof EnvironmentSchema>;
export type EnvironmentEdit = Static<typeof EnvironmentEditSchema>;
export type EnvironmentCreate = Static<typeof EnvironmentCreateSchema>;
export type Flag = Static<typeof FlagSchema>;
export type FlagState = Static<typeof FlagStateSchema>;
export type FlagCreate = Static<typeof FlagCreateSchema>;
export type FlagEdit = Static<typeof FlagEditSchema>;
export type FlagConfigurationResource = Static<typeof FlagConfigurationSchema>;
export type FlagConfigurationEdit = Static<typeof FlagConfigurationEditSchema>;
export type SegmentResource = Static<typeof SegmentSchema>;
export type SegmentSummary = Static<typeof SegmentSummarySchema>;
export type Usage = Static<typeof UsageSchema>;
export type SegmentCreate = Static<typeof SegmentCreateSchema>;
export type SegmentEdit = Static<typeof SegmentEditSchema>;
