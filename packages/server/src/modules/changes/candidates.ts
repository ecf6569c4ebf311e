/**
 * Candidates: what a change wants of an environment that publishes in stages, on the revision that it was made on, and without
 * one of its own. Every write here is made under the lock of the environment's line. docs/decisions/0036 says why so.
 */
import type { Confirmation, EntityKind } from '@flaghoist/protocol/ruleset';
import { type Db, type Queryable, row, rows, sql, type Tx } from '../../platform/database.ts';
import { Refusal } from '../../platform/refusal.ts';

/** A candidate that is being tried. */
export interface TriedCandidate {
  readonly environmentId: string;
  readonly changeId: string;
  readonly number: number;
  readonly epoch: number;
  /** The revision that it is made on. */
  readonly base: number;
  readonly confirmations: readonly Confirmation[];
  readonly since: string;
  /** How often it was made anew on a newer revision. */
  readonly rebuilt: number;
}

/** As people are shown it, whatever became of it. */
export interface CandidateRecord extends TriedCandidate {
  readonly state: 'tried' | 'promoted' | 'withdrawn';
  readonly decidedAt: string | null;
  readonly decidedBy: string | null;
  readonly why: string | null;
}

export interface CandidateEntity {
  readonly kind: EntityKind;
  readonly key: string;
  readonly json: string | null;
  readonly sha256: string | null;
  readonly before: string | null;
}

export interface Decision {
  readonly state: 'promoted' | 'withdrawn';
  /** RFC 3339. */
  readonly at: string;
  /** Who, for people. */
  readonly by: string;
  readonly why: string;
}

/** How long it can be looked up what a candidate would have changed, after it ended. */
const KEPT_DAYS = 30;
const FORGOTTEN_AT_ONCE = 500;

const COLUMNS = sql`environment_id as "environmentId", change_id as "changeId", number, epoch, base, confirmations, since, rebuilt, state,
  decided_at as "decidedAt", decided_by as "decidedBy", why`;

export function candidateReads(db: Db) {
  return {
    /** All that are being tried. */
    tried: () => rows(db, sql<TriedCandidate>`select ${COLUMNS} from candidates where state = 'tried' order by 1`),

    /** The environments that ever had a candidate, with the newest number: what the bus may hold of each. */
    counted: () =>
      rows(
        db,
        sql<{ environmentId: string; number: number }>`select environment_id as "environmentId", candidates as number
          from revision_counters where candidates > 0 order by 1`,
      ),

    /** The newest of an environment, or that of a change, whatever became of it. */
    candidateIn: (environmentId: string, changeId: string | null) =>
      row(
        db,
        sql<CandidateRecord>`select ${COLUMNS} from candidates where environment_id = ${environmentId}::uuid
          and ${changeId === null ? sql`true` : sql`change_id = ${changeId}::uuid`} order by number desc limit 1`,
      ),

    /** What one changes: as it was at its base, and as it would be. */
    candidateEdits: ({ environmentId, changeId, base }: Pick<TriedCandidate, 'environmentId' | 'changeId' | 'base'>) =>
      rows(
        db,
        sql<{ kind: EntityKind; key: string; before: string | null; after: string | null }>`
          select c.kind, c.key, c.json as after, (
            select json from entity_versions v where v.environment_id = c.environment_id and v.kind = c.kind and v.key = c.key
              and v.revision <= ${base} order by v.revision desc limit 1) as before
          from candidate_entities c join candidates d using (environment_id, change_id)
          where c.environment_id = ${environmentId}::uuid and c.change_id = ${changeId}::uuid and d.has_contents
          order by c.kind, c.key`,
      ),

    /**
     * Housekeeping: of what ended a while ago the contents go, and of what was promoted, which the history has, the names too. Answers
     * how many candidates that were.
     */
    async forgetContents(): Promise<number> {
      const found = await row(
        db,
        sql<{ forgotten: number }>`with old as (
            select environment_id, change_id, state from candidates
            where has_contents and decided_at < now() - make_interval(days => ${KEPT_DAYS}) order by decided_at limit ${FORGOTTEN_AT_ONCE}
          ), promoted as (
            delete from candidate_entities c using old where c.environment_id = old.environment_id
              and c.change_id = old.change_id and old.state = 'promoted'
          ), withdrawn as (
            update candidate_entities c set json = null, sha256 = null, before = null from old
            where c.environment_id = old.environment_id and c.change_id = old.change_id and old.state = 'withdrawn'
          ), forgotten as (
            update candidates c set has_contents = false from old
            where c.environment_id = old.environment_id and c.change_id = old.change_id returning 1
          ) select count(*)::int as forgotten from forgotten`,
      );
      return found?.forgotten ?? 0;
    },

    candidateEntities: (environmentId: string, changeId: string) => readCandidateEntities(db, environmentId, changeId),
  };
}

/** As the change that makes it is answered. `at`: RFC 3339. */
export function begunOn(environmentId: string, base: number, at: string) {
  const undecided = { rebuilt: 0, decidedAt: null, decidedBy: null, why: null };
  return { environmentId, base, state: 'tried', since: at, ...undecided } as const;
}

export function readCandidateEntities(on: Queryable, environmentId: string, changeId: string) {
  return rows(
    on,
    sql<CandidateEntity>`select kind, key, json, sha256, before from candidate_entities
      where environment_id = ${environmentId}::uuid and change_id = ${changeId}::uuid order by kind, key`,
  );
}

export function readTried(tx: Tx, environmentId: string): Promise<TriedCandidate | undefined> {
  return row(
    tx,
    sql<TriedCandidate>`select ${COLUMNS} from candidates where environment_id = ${environmentId}::uuid and state = 'tried'`,
  );
}

export async function writeCandidate(
  tx: Tx,
  candidate: Omit<TriedCandidate, 'since' | 'rebuilt'>,
  entities: readonly CandidateEntity[],
): Promise<void> {
  const { environmentId, changeId, number, epoch, base, confirmations } = candidate;
  await sql`insert into candidates (environment_id, change_id, number, epoch, base, state, confirmations)
    values (${environmentId}::uuid, ${changeId}::uuid, ${number}, ${epoch}, ${base}, 'tried', ${[...confirmations]}::text[])`.execute(
    tx,
  );
  await sql`insert into candidate_entities (environment_id, change_id, kind, key, json, sha256, before)
    select ${environmentId}::uuid, ${changeId}::uuid, * from unnest(${entities.map((e) => e.kind)}::text[],
      ${entities.map((e) => e.key)}::text[], ${entities.map((e) => e.json)}::text[], ${entities.map((e) => e.sha256)}::text[],
      ${entities.map((e) => e.before)}::text[])`.execute(tx);
  await sql`update revision_counters set tried = ${changeId}::uuid, candidates = ${number}
    where environment_id = ${environmentId}::uuid`.execute(tx);
}

/** The environment has gone on: the candidate is made anew on that, and its hold begins again. */
export async function rebase(
  tx: Tx,
  { environmentId, changeId }: Pick<TriedCandidate, 'environmentId' | 'changeId'>,
  to: { readonly number: number; readonly epoch: number; readonly base: number },
): Promise<void> {
  await sql`update candidates set number = ${to.number}, epoch = ${to.epoch}, base = ${to.base}, since = clock_timestamp(),
      rebuilt = rebuilt + 1
    where environment_id = ${environmentId}::uuid and change_id = ${changeId}::uuid`.execute(tx);
  await sql`update revision_counters set candidates = ${to.number} where environment_id = ${environmentId}::uuid`.execute(
    tx,
  );
}

/** Ends a trial. The change is applied or refused as a whole once none of its candidates is tried any more. */
export async function decideCandidate(
  tx: Tx,
  { environmentId, changeId }: Pick<TriedCandidate, 'environmentId' | 'changeId'>,
  { state, at, by, why }: Decision,
): Promise<void> {
  await sql`update candidates set state = ${state}, decided_at = ${at}, decided_by = ${by}, why = ${why}
    where environment_id = ${environmentId}::uuid and change_id = ${changeId}::uuid`.execute(tx);
  await sql`update revision_counters set tried = null where environment_id = ${environmentId}::uuid`.execute(tx);
  await sql`update changes set state = case when exists (select 1 from revisions where change_id = ${changeId}::uuid)
      then 'applied' else 'refused' end
    where id = ${changeId}::uuid and not exists (select 1 from candidates where change_id = ${changeId}::uuid and state = 'tried')`.execute(
    tx,
  );
}

/** One candidate at a time: `tried` is the change whose candidate is tried, null: there is none. */
export async function refuseSecond(tx: Tx, tried: string | null): Promise<void> {
  if (tried === null) return;
  const made = await row(tx, sql<{ author: string }>`select author from changes where id = ${tried}::uuid`);
  throw new Refusal(
    'candidate_pending',
    `Change ${tried} by ${made?.author ?? 'somebody'} is being tried in this environment. Wait until it is promoted or withdrawn, or do either, then send this again. Turning a flag off is possible at any time.`,
  );
}
