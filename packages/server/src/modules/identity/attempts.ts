/**
 * Limits on guessing, shared by all processes through the database. An attempt is counted before it is judged, so that
 * many at once are no way around; one that succeeds is given back.
 *
 * What was tried is stored as a hash with the installation's secret: a copy of the database tells no e-mail address.
 */
import type { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { CompiledQuery } from 'kysely';
import { affected, type Db, sql } from '../../platform/database.ts';
import { Refusal } from '../../platform/refusal.ts';
import type { InstallationSecret } from './installation-secret.ts';
import { networkOf } from '@flaghoist/runtime/limits';

export interface Attempt {
  /** What is guessed at: `password`, `code`, `link`. */
  readonly kind: 'password' | 'code' | 'link';
  /** Whose it is: an e-mail address, a person's id; null for links, which name nobody. */
  readonly subject: string | null;
  readonly address: string;
}

export interface Attempts {
  /**
   * Counts an attempt.
   *
   * @throws {Refusal} `too_many_attempts` with Retry-After.
   */
  begin(attempt: Attempt): Promise<void>;
  /** It was right: it counts no more, and neither do the failures before it. */
  succeed(attempt: Attempt): Promise<void>;
  /** Housekeeping. */
  forgetOld(): Promise<number>;
}

const HOUR = 3_600;
/** Failures of one subject from one address before it has to wait, for a day at most. */
const FREE_FAILURES = 5;
const FIRST_WAIT_SECONDS = 30;
const LONGEST_WAIT_SECONDS = 900;
const PER_SUBJECT = 20;
const PER_ADDRESS = 50;

export function createAttempts(deps: { readonly db: Db; readonly secret: InstallationSecret }): Attempts {
  let loading: ReturnType<typeof createLimiters> | undefined;
  const limiters = (): ReturnType<typeof createLimiters> => (loading ??= createLimiters(deps.db));
  const keysOf = ({ kind, subject, address }: Attempt) => {
    const network = networkOf(address);
    const key = (...parts: readonly string[]): string => deps.secret.sign('attempts', JSON.stringify([kind, ...parts]));
    return {
      address: key(network),
      subject: subject === null ? null : key('', subject),
      pair: subject === null ? null : key(network, subject),
    };
  };

  return {
    async begin(attempt) {
      const { failures, waits, hourly, hourlyByAddress } = await limiters();
      const keys = keysOf(attempt);
      await consume(hourlyByAddress, keys.address);
      if (keys.subject === null || keys.pair === null) return;
      // What has to wait is not counted: impatience makes no wait longer.
      const waiting = await waits.get(keys.pair);
      if (waiting !== null && waiting.msBeforeNext > 0) throw tooMany(waiting);
      await consume(hourly, keys.subject);
      const { consumedPoints } = await failures.penalty(keys.pair);
      if (consumedPoints < FREE_FAILURES) return;
      // The fifth still goes through, and begins a wait that grows with each further one.
      const seconds = Math.min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** (consumedPoints - FREE_FAILURES));
      await consume(waits, keys.pair, seconds);
    },

    async succeed(attempt) {
      const { failures, waits, hourly, hourlyByAddress } = await limiters();
      const keys = keysOf(attempt);
      await hourlyByAddress.reward(keys.address);
      if (keys.subject === null || keys.pair === null) return;
      await hourly.reward(keys.subject);
      await failures.delete(keys.pair);
      await waits.delete(keys.pair);
    },

    forgetOld: () => affected(deps.db, sql`delete from sign_in_attempts where expire < ${Date.now()}`),
  };
}

async function createLimiters(db: Db) {
  const library = await import('rate-limiter-flexible');
  // The library's own store for PostgreSQL, over our session: each call is one atomic statement.
  const storeClient = {
    query: async ({ text, values }: { readonly text: string; readonly values: readonly unknown[] }) => {
      const { rows } = await db.executeQuery(CompiledQuery.raw(text, [...values]));
      return { rows, rowCount: rows.length };
    },
  };
  const limiter = (keyPrefix: string, points: number, duration: number): RateLimiterPostgres =>
    new library.RateLimiterPostgres({
      storeClient,
      storeType: 'client',
      tableName: 'sign_in_attempts',
      tableCreated: true,
      clearExpiredByTimeout: false,
      keyPrefix,
      points,
      duration,
    });
  return {
    failures: limiter('failures', FREE_FAILURES, 24 * HOUR),
    waits: limiter('wait', 1, LONGEST_WAIT_SECONDS),
    hourly: limiter('hour', PER_SUBJECT, HOUR),
    hourlyByAddress: limiter('address', PER_ADDRESS, HOUR),
  };
}

async function consume(limiter: RateLimiterPostgres, key: string, seconds?: number): Promise<void> {
  try {
    await limiter.consume(key, 1, seconds === undefined ? {} : { customDuration: seconds });
  } catch (refused) {
    if (refused instanceof Error) throw refused;
    throw tooMany(refused as RateLimiterRes);
  }
}

function tooMany({ msBeforeNext }: RateLimiterRes): Refusal {
  const seconds = Math.max(1, Math.ceil(msBeforeNext / 1_000));
  const wait = seconds < 120 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`;
  return new Refusal('too_many_attempts', `There were too many attempts. Try again in ${wait}.`, {
    headers: { 'retry-after': String(seconds) },
  });
}
