/** Staged publication: what is tried on canary edges, and how it does there. */
import { type Static, Type } from 'typebox';
import { closed, Count, Key, ref, Timestamp } from './basis.ts';

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(type: T, description: string) =>
  Type.Union([type, Type.Null()], { description });

export const CanarySchema = Type.Object(
  {
    edge: Type.String({ description: 'Random for each start.' }),
    host: Type.String(),
    number: Nullable(Count, 'The candidate that it answers from; null: from a revision.'),
    instances: Type.Integer({ minimum: 0, description: 'Live instances behind it that answer from the candidate.' }),
    errors: Type.Integer({ minimum: 0, description: 'Evaluations of it that ended in an error of the evaluator.' }),
    problem: Nullable(Type.String(), 'Why it, or an instance behind it, does not apply the candidate.'),
    seenAt: Timestamp,
  },
  { $id: 'Canary', ...closed },
);
export const CandidateSchema = Type.Object(
  {
    project: Key,
    environment: Key,
    change: Type.String(),
    number: Type.Integer({
      minimum: 1,
      description: 'Counted in the environment; another one each time that it is made anew.',
    }),
    epoch: Count,
    base: Type.Integer({ minimum: 1, description: 'The revision that it is made on.' }),
    state: Type.Enum(['tried', 'promoted', 'withdrawn']),
    since: Type.String({ description: 'Since when it has this number. RFC 3339, UTC.' }),
    rebuilt: Type.Integer({
      minimum: 0,
      description: 'How often it was made anew, because a revision was taken meanwhile.',
    }),
    holdSeconds: Nullable(Type.Integer(), 'For how long it has to be healthy.'),
    decidedAt: Nullable(Timestamp, 'Null while it is tried.'),
    decidedBy: Nullable(Type.String(), 'Null while it is tried.'),
    why: Nullable(Type.String(), 'Why it was promoted or withdrawn.'),
    health: Type.Enum(['waiting', 'healthy', 'ill'], {
      description: 'By what canary edges say; once it is decided, `waiting`.',
    }),
    healthWhy: Type.String({ description: 'What is waited for, or what is wrong.' }),
    heldSeconds: Type.Integer({ minimum: 0, description: 'How long every live canary edge has answered from it.' }),
    canaries: Type.Array(ref(CanarySchema)),
    entities: Type.Array(
      Type.Object(
        {
          kind: Type.String(),
          key: Type.String(),
          before: Nullable(Type.Unknown(), 'At its base.'),
          after: Nullable(Type.Unknown(), 'Null: it is deleted.'),
        },
        closed,
      ),
      { description: 'Kept for 30 days after it is decided; then none.' },
    ),
  },
  { $id: 'Candidate', ...closed },
);
const ID = '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$';

export const CandidateQuerySchema = Type.Object(
  {
    change: Type.Optional(
      Type.String({ description: 'Its candidate instead of the newest, whatever became of it.', pattern: ID }),
    ),
  },
  closed,
);
export const CandidateDecisionSchema = Type.Object(
  { change: Type.String({ description: 'The change whose candidate is meant.', maxLength: 64 }) },
  { $id: 'CandidateDecision', ...closed },
);

export type Candidate = Static<typeof CandidateSchema>;
