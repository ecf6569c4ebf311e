/** Limits on guessing, with a clock that stands still until it is moved. */
import { createDatabase } from '@flaghoist/testkit/postgres';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { captureLog } from '../../../test-support/captured-log.ts';
import { DATABASE_KINDS, type DatabasePlace, makePlace } from '../../../test-support/database-place.ts';
import { type Database, rows, sql } from '../../platform/database.ts';
import { migrate, readMigrations } from '../../platform/migrations.ts';
import { Refusal } from '../../platform/refusal.ts';
import { type Attempt, type Attempts, createAttempts } from './attempts.ts';
import { createInstallationSecret } from './installation-secret.ts';

const MINUTE = 60_000;
const ada = (address = '203.0.113.1'): Attempt => ({ kind: 'password', subject: 'ada@shop.example', address });

describe.each(DATABASE_KINDS)('attempts to sign in over the %s', (kind) => {
  let place: DatabasePlace;
  let database: Database;
  let attempts: Attempts;
  let now = Date.parse('2031-05-01T10:00:00Z');

  beforeAll(async () => {
    place = await makePlace(kind, () => createDatabase(inject('flaghoistPostgresUrl')));
    database = await place.open(captureLog().logger);
    await migrate(database, await readMigrations());
  });
  afterAll(async () => {
    await database.close();
    await place.remove();
  });
  beforeEach(async () => {
    vi.spyOn(Date, 'now').mockImplementation(() => now);
    await sql`delete from sign_in_attempts`.execute(database.db);
    attempts = createAttempts({ db: database.db, secret: createInstallationSecret('a secret for tests') });
  });
  afterEach(() => vi.restoreAllMocks());

  /** Seconds to wait; null when the attempt is allowed. */
  async function tryOnce(attempt: Attempt, by: Attempts = attempts): Promise<number | null> {
    try {
      await by.begin(attempt);
      return null;
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'too_many_attempts') throw error;
      return Number(error.headers['retry-after']);
    }
  }

  async function fail(attempt: Attempt, times: number): Promise<void> {
    for (let i = 0; i < times; i++) expect(await tryOnce(attempt)).toBeNull();
  }

  it('are counted for a whole IPv6 network, whose owner has every address in it', async () => {
    for (let i = 0; i < 50; i++)
      expect(await tryOnce({ kind: 'link', subject: null, address: `2001:db8:1:2::${i}` })).toBeNull();
    expect(await tryOnce({ kind: 'link', subject: null, address: '2001:db8:1:2:3:4:5:6' })).toBe(3_600);
    expect(await tryOnce({ kind: 'link', subject: null, address: '2001:db8:1:3::1' })).toBeNull();
  });

  it('may fail five times, then wait longer each time, a quarter of an hour at most', async () => {
    await fail(ada(), 5);
    const waits: number[] = [];
    for (let i = 0; i < 6; i++) {
      const seconds = await tryOnce(ada());
      waits.push(seconds ?? 0);
      now += (seconds ?? 0) * 1_000 - 1;
      expect(await tryOnce(ada())).toBe(1);
      now += 1;
      expect(await tryOnce(ada())).toBeNull();
    }
    expect(waits).toEqual([30, 60, 120, 240, 480, 900]);
    expect(await tryOnce(ada())).toBe(900);
  });

  it('begin anew after one that succeeded', async () => {
    await fail(ada(), 5);
    now += 30_000;
    expect(await tryOnce(ada())).toBeNull();
    await attempts.succeed(ada());
    await fail(ada(), 5);
    expect(await tryOnce(ada())).toBe(30);
  });

  it('do not lock out whoever comes from another address, until twenty failed in an hour', async () => {
    for (let i = 0; i < 4; i++) await fail(ada(`198.51.100.${i}`), 5);
    const seconds = (await tryOnce(ada('198.51.100.200'))) ?? 0;
    expect(seconds).toBeGreaterThan(3_590);
    now += seconds * 1_000;
    expect(await tryOnce(ada('198.51.100.200'))).toBeNull();
  });

  it('fail fifty times an hour from one address, whoever is tried', async () => {
    for (let i = 0; i < 50; i++) await fail({ ...ada(), subject: `person-${i}@shop.example` }, 1);
    expect(await tryOnce({ ...ada(), subject: 'another@shop.example' })).toBeGreaterThan(3_000);
    expect(await tryOnce(ada('198.51.100.7'))).toBeNull();
    now += 60 * MINUTE;
    expect(await tryOnce(ada())).toBeNull();
  });

  it('are counted before they are judged: many at once are no way around', async () => {
    const all = await Promise.all(Array.from({ length: 15 }, () => tryOnce(ada())));
    expect(all.filter((wait) => wait === null).length).toBeLessThanOrEqual(5);
  });

  it('are counted together by all processes', async () => {
    const other = createAttempts({ db: database.db, secret: createInstallationSecret('a secret for tests') });
    for (let i = 0; i < 5; i++) expect(await tryOnce(ada(), i % 2 === 0 ? attempts : other)).toBeNull();
    expect(await tryOnce(ada(), other)).toBe(30);
  });

  it('of links name nobody, and are limited by address', async () => {
    const link: Attempt = { kind: 'link', subject: null, address: '203.0.113.5' };
    await fail(link, 50);
    expect(await tryOnce(link)).toBeGreaterThan(3_000);
    expect(await tryOnce({ ...ada('203.0.113.5') })).toBeNull();
  });

  it('leave no e-mail address in the database, and nothing once they are over', async () => {
    await fail(ada(), 5);
    const found = await rows(database.db, sql<{ key: string }>`select key from sign_in_attempts`);
    expect(found.length).toBe(4);
    expect(JSON.stringify(found)).not.toMatch(/ada|shop|203/);
    expect(await attempts.forgetOld()).toBe(0);
    now += 25 * 60 * MINUTE;
    expect(await attempts.forgetOld()).toBe(4);
  });
});
