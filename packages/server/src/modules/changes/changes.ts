/** Executes commands, and reads what they made. */
import { createPoint } from '@flaghoist/runtime/points';
import { type Db, transact, type Tx } from '../../platform/database.ts';
import type { Answer, Command, Written } from './command.ts';
import { candidateReads } from './candidates.ts';
import { claim, forgetOld, remember } from './idempotency.ts';
import { createReads } from './reads.ts';
import { requireConfirmed } from './require-confirmed.ts';
import type { WrittenEntity } from './lines.ts';
import { UnitOfWork } from './unit-of-work.ts';

export const CHANGE_CHANNEL = 'flaghoist_revisions';
/** Notified with the id of each environment whose candidate is another one than before. */
export const CANDIDATE_CHANNEL = 'flaghoist_candidates';

const decidedPoint = createPoint('write.decided');
const committedPoint = createPoint('write.committed');

export type Changes = ReturnType<typeof createChanges>;

export interface ChangesDeps {
  readonly db: Db;
  /** The same database, for what nobody waits for. */
  readonly reports: Db;
  /** For reads of what may be a little old. */
  readonly standby: Db;
  readonly now: () => Date;
  readonly newId: () => string;
  /** How long a write waits for the database before it is answered that its outcome is not known. */
  readonly writeDeadlineMs: number;
  /** Keys of environments by id, for people; whoever owns environments hands it in. */
  readonly environmentKeys: (tx: Tx, ids: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  /**
   * Keeps what the modules above derive from entities up to date. Called once for each write that changed any, in its
   * transaction, whichever command it was.
   */
  readonly follow: (tx: Tx, written: readonly WrittenEntity[]) => Promise<void>;
}

export function createChanges(deps: ChangesDeps) {
  const { db } = deps;

  /** Runs a command in one transaction. A Refusal it throws rolls everything back. */
  async function execute(command: Command, work: (unit: UnitOfWork) => Promise<Answer>): Promise<Written> {
    const done = await transact(db, (tx) => perform(tx, command, work), deps.writeDeadlineMs);
    committedPoint();
    return done;
  }

  async function perform(tx: Tx, command: Command, work: (unit: UnitOfWork) => Promise<Answer>): Promise<Written> {
    const at = deps.now().toISOString();
    const earlier = await claim(tx, command, at);
    if (earlier !== null) return { ...earlier, headers: earlier.headers ?? {}, replayed: true };
    const unit = new UnitOfWork(tx, command, deps.newId(), at);
    const decided = await work(unit);
    const proposed = unit.proposed();
    await requireConfirmed(tx, [...unit.written(), ...proposed], unit.confirmations());
    const changed = await unit.write();
    const written = unit.written();
    if (written.length > 0) await deps.follow(tx, written);
    const headers = { ...decided.headers, ...(changed ? await tellHeaders(unit) : {}) };
    const answer = { ...decided, headers };
    const moved = unit.moved().map(({ environmentId }) => ({ channel: CHANGE_CHANNEL, payload: environmentId }));
    const retried = unit.retried.map((environmentId) => ({ channel: CANDIDATE_CHANNEL, payload: environmentId }));
    await remember(tx, command, answer, [...moved, ...retried]);
    decidedPoint();
    return { ...answer, replayed: false };
  }

  /** `flaghoist-change`, and for each environment that moved `key=epoch.revision`. */
  async function tellHeaders(unit: UnitOfWork): Promise<Record<string, string>> {
    const moved = unit.moved();
    if (moved.length === 0) return { 'flaghoist-change': unit.writtenChangeId };
    const keys = await deps.environmentKeys(
      unit.tx,
      moved.map((line) => line.environmentId),
    );
    const places = moved.map(
      ({ environmentId, epoch, revision }) => `${keys.get(environmentId) ?? environmentId}=${epoch}.${revision}`,
    );
    return { 'flaghoist-change': unit.writtenChangeId, 'flaghoist-revision': places.sort().join(', ') };
  }

  return {
    ...createReads(db, deps),
    ...candidateReads(db),
    execute,
    /** Housekeeping: drops idempotency records that no retry needs any more. */
    forgetOld: () => forgetOld(db),
  };
}
