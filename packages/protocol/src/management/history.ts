/** Changes, audit, evaluation, counts and status. */
import { type Static, Type } from 'typebox';
import { closed, Count, Key, ref, Timestamp } from './basis.ts';
import { FlagConfigurationEditSchema, SegmentEditSchema } from './content.ts';

export const EditSchema = Type.Object(
  {
    environment: Key,
    flag: Type.Optional(Key),
    segment: Type.Optional(Key),
    ifMatch: Type.Integer({ minimum: 1, description: 'The revision that last changed it, as you read it.' }),
    set: Type.Union([ref(FlagConfigurationEditSchema), ref(SegmentEditSchema)]),
  },
  { $id: 'Edit', description: 'Names either a flag or a segment.', ...closed },
);
export const ChangeCreateSchema = Type.Object(
  { edits: Type.Array(ref(EditSchema), { minItems: 1, maxItems: 500 }) },
  { $id: 'ChangeCreate', ...closed },
);
export const TriedSchema = Type.Object(
  {
    environment: Key,
    base: Type.Integer({ minimum: 1, description: 'The revision that it is tried on, or was last.' }),
    state: Type.Enum(['tried', 'promoted', 'withdrawn']),
    since: Type.String({ description: 'Since when it is tried on that revision. RFC 3339, UTC.' }),
    rebuilt: Type.Integer({
      minimum: 0,
      description: 'How often it was made anew, because a revision was taken meanwhile.',
    }),
    decidedAt: Type.Union([Timestamp, Type.Null()], { description: 'Null while it is tried.' }),
    decidedBy: Type.Union([Type.String(), Type.Null()]),
    why: Type.Union([Type.String(), Type.Null()], { description: 'Why it was promoted or withdrawn.' }),
  },
  { $id: 'Tried', ...closed },
);
export const ChangeSchema = Type.Object(
  {
    id: Type.String(),
    project: Type.Union([Key, Type.Null()]),
    action: Type.String(),
    state: Type.Enum(['draft', 'in review', 'candidate', 'applied', 'refused']),
    author: Type.String(),
    authorId: Type.Union([Type.String(), Type.Null()], {
      description: '`person:…` or `token:…`; null in old changes.',
    }),
    reason: Type.Union([Type.String(), Type.Null()]),
    at: Timestamp,
    reverts: Type.Union([Type.String(), Type.Null()], {
      description: 'The change that this one puts back, or a part of it.',
    }),
    revertedBy: Type.Union([Type.String(), Type.Null()], {
      description: 'The newest change that puts back this one, or a part of it.',
    }),
    revisions: Type.Array(Type.Object({ environment: Key, epoch: Count, revision: Count }, closed)),
    candidates: Type.Array(ref(TriedSchema), {
      description: 'Where publication is staged: where it is or was tried before it took a revision.',
    }),
    entities: Type.Array(
      Type.Object({ environment: Key, kind: Type.String(), key: Type.String(), deleted: Type.Boolean() }, closed),
      { description: 'At most 50 in a list and a stream, 1,000 in a change by itself; `entityCount` counts all.' },
    ),
    entityCount: Count,
  },
  { $id: 'Change', ...closed },
);

export const AuditEntrySchema = Type.Object(
  { number: Count, hash: Type.String(), previous: Type.String(), body: Type.Unknown() },
  { $id: 'AuditEntry', ...closed },
);
export const AuditVerdictSchema = Type.Object(
  {
    intact: Type.Boolean(),
    entries: Count,
    head: Type.String({ description: 'Hash of the last entry.' }),
    broken: Type.Union([Type.Object({ number: Count, problem: Type.String() }, closed), Type.Null()]),
  },
  { $id: 'AuditVerdict', ...closed },
);

export const EvaluateSchema = Type.Object(
  {
    flag: Key,
    context: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    explain: Type.Optional(Type.Boolean({ description: 'Whether to answer the steps too. Absent: no.' })),
    draft: Type.Optional(ref(FlagConfigurationEditSchema)),
  },
  {
    $id: 'Evaluate',
    description: 'With `draft`, an edit that nobody has made, the flag is evaluated as it would be after it.',
    ...closed,
  },
);
export const EvaluationSchema = Type.Object(
  {
    flag: Key,
    value: Type.Optional(Type.Unknown()),
    variant: Type.Optional(Type.String()),
    reason: Type.String(),
    rule: Type.Optional(Type.String()),
    errorCode: Type.Optional(Type.String()),
    errorMessage: Type.Optional(Type.String()),
    revision: Type.String({ description: 'epoch.revision of the ruleset that answered.' }),
    steps: Type.Optional(
      Type.Array(Type.Unknown(), { description: 'Every step in order, when `explain` asked for them.' }),
    ),
  },
  { $id: 'Evaluation', ...closed },
);

export const EvaluationCountsSchema = Type.Object(
  {
    from: Timestamp,
    to: Timestamp,
    keptSince: Type.String({
      description:
        'RFC 3339. Since when counts by minute are kept: of what is older, nothing or a part is in the answer.',
    }),
    items: Type.Array(
      Type.Object(
        {
          flag: Type.String(),
          variant: Type.Union([Type.String(), Type.Null()]),
          reason: Type.String(),
          rule: Type.Union([Type.String(), Type.Null()]),
          count: Count,
        },
        closed,
      ),
    ),
    evaluations: Type.Integer({ minimum: 0, description: 'Counted in the interval, all flags.' }),
    batches: Type.Integer({ minimum: 0, description: 'Folded since the beginning.' }),
    missing: Type.Integer({ minimum: 0, description: 'Batches that senders numbered and that have not arrived.' }),
    dropped: Type.Integer({ minimum: 0, description: 'Evaluations that senders say they had to drop.' }),
  },
  { $id: 'EvaluationCounts', ...closed },
);

export const StatusSchema = Type.Object(
  {
    version: Type.String(),
    roles: Type.Array(Type.String()),
    database: Type.String(),
    durability: Type.Object(
      {
        host: Type.Union([Type.String(), Type.Null()], {
          description: 'Of the hosts of the database the one that takes writes; null: the database is embedded.',
        }),
        replication: Type.Union([Type.Literal('none'), Type.Literal('async'), Type.Literal('sync')], {
          description: 'Whether a change is acknowledged when a standby has it too.',
        }),
        standbys: Type.Integer({ minimum: 0, description: 'Standbys that are connected to it now.' }),
        acknowledgement: Type.String({
          description: 'Where a change is by the time that it is acknowledged, in words.',
        }),
        problem: Type.Union([Type.String(), Type.Null()], {
          description: 'Writes that wait for a standby, or a server that takes writes and must not.',
        }),
      },
      closed,
    ),
    startedAt: Timestamp,
    ready: Type.Boolean(),
    environments: Type.Array(
      Type.Object(
        {
          project: Key,
          environment: Key,
          epoch: Count,
          revision: Count,
          published: Type.Integer({ minimum: 0, description: 'Revision on the bus.' }),
          publisher: Type.Union([Type.String(), Type.Null()], {
            description: 'Host and process that publishes it; null: nobody does now.',
          }),
          edge: Type.Union([Count, Type.Null()], {
            description: 'Revision this process serves; null without the edge role.',
          }),
          streams: Count,
          problem: Type.Union([Type.String(), Type.Null()]),
        },
        closed,
      ),
    ),
    bus: Type.Object(
      {
        kind: Type.Union([Type.Literal('database'), Type.Literal('nats')]),
        version: Type.Union([Type.String(), Type.Null()], {
          description: 'Of the NATS server that this process is, or was last, connected to; else null.',
        }),
        replicas: Type.Union(
          [
            Type.Object(
              {
                wanted: Type.Integer({ minimum: 1, description: 'NATS servers that keep each message.' }),
                current: Type.Integer({ minimum: 1, description: 'Those of them that have all of it now.' }),
              },
              closed,
            ),
            Type.Null(),
          ],
          { description: 'Null: it is not known, or the bus is in the database.' },
        ),
        acknowledgement: Type.Union([Type.String(), Type.Null()], {
          description: 'What it means, in words, that something is on the bus; null: it is not known now.',
        }),
        problem: Type.Union([Type.String(), Type.Null()]),
      },
      closed,
    ),
    exposures: Type.Object(
      {
        spooled: Count,
        queued: Type.Union([Count, Type.Null()], { description: 'Null: the bus cannot be asked now.' }),
      },
      closed,
    ),
    reconciled: Type.Union(
      [
        Type.Object(
          {
            at: Type.Union([Timestamp, Type.Null()], { description: 'When bus and database were last compared.' }),
            republished: Type.Integer({ minimum: 0, description: 'Rulesets that the bus had lost and got again.' }),
            mismatches: Type.Integer({
              minimum: 0,
              description: 'Times that the bus was found with something else than the database; see `problem`.',
            }),
          },
          closed,
        ),
        Type.Null(),
      ],
      { description: 'Since the start of this process; null: it does not publish.' },
    ),
    certificate: Type.Union(
      [
        Type.Object(
          {
            notAfter: { ...Timestamp, description: 'When it expires.' },
            problem: Type.Union([Type.String(), Type.Null()], {
              description: 'It has expired or soon will, or files that were to replace it cannot be used.',
            }),
          },
          closed,
        ),
        Type.Null(),
      ],
      { description: 'What this process listens with; null: it does not speak TLS itself.' },
    ),
    backups: Type.Union(
      [
        Type.Object(
          {
            newest: Type.Union([Timestamp, Type.Null()], { description: 'When the newest was made.' }),
            kept: Count,
            problem: Type.Union([Type.String(), Type.Null()], { description: 'Why the last attempt made none.' }),
          },
          closed,
        ),
        Type.Null(),
      ],
      { description: 'Of the embedded database; null: this process makes none.' },
    ),
  },
  { $id: 'Status', ...closed },
);

export type Edit = Static<typeof EditSchema>;
export type ChangeCreate = Static<typeof ChangeCreateSchema>;
export type ChangeResource = Static<typeof ChangeSchema>;
export type AuditEntry = Static<typeof AuditEntrySchema>;
export type AuditVerdict = Static<typeof AuditVerdictSchema>;
export type EvaluationResource = Static<typeof EvaluationSchema>;
export type EvaluationCounts = Static<typeof EvaluationCountsSchema>;
export type Status = Static<typeof StatusSchema>;
