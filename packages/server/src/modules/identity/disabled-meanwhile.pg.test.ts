/** Whoever is disabled while they sign in has no session afterwards, whichever of the two is written first. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DATABASE_KINDS } from '../../../test-support/database-place.ts';
import { commandBy, type IdentityPlace, openIdentity } from '../../../test-support/identity-place.ts';
import { until } from '../../../test-support/until.ts';
import { row, sql } from '../../platform/database.ts';
import type { PasswordHasher } from './passwords.ts';

const FROM = { address: '127.0.0.1', userAgent: '' };
const ADA = { email: 'ada@shop.example', name: 'Ada', password: 'lines of old verse' };
const command = commandBy('sign-in', 'session.create');

describe.each(DATABASE_KINDS)('disabling somebody who signs in over the %s', (kind) => {
  let open: IdentityPlace;
  /** Called when a password is about to be judged, which goes on once it resolves. */
  let beforeJudging = async (): Promise<void> => undefined;
  const hasher: PasswordHasher = {
    hash: async (password) => `hashed ${password}`,
    async verify(password, hash) {
      await beforeJudging();
      return hash === `hashed ${password}`;
    },
  };

  beforeAll(async () => {
    open = await openIdentity(kind, hasher);
    const setup = (await open.identity.setup.invite()) ?? '';
    await open.identity.setup.completeWithAccount(command, { setup, ...ADA }, FROM);
  });
  afterAll(() => open.close());
  beforeEach(async () => {
    beforeJudging = async () => undefined;
    await sql`delete from sessions`.execute(open.database.db);
    await sql`update people set disabled_at = null`.execute(open.database.db);
  });

  const signIn = (): Promise<string> =>
    open.identity.signIn.withPassword(command, ADA, FROM).then(
      () => 'signed in',
      (error: { code: string }) => error.code,
    );
  const sessions = () => row(open.database.db, sql<{ n: number }>`select count(*) as n from sessions`);
  const waiting = () =>
    row(
      open.database.db,
      sql<{ n: number }>`select count(*) as n from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`,
    );

  it('makes no session once it is done', async () => {
    beforeJudging = async () => void (await sql`update people set disabled_at = now()`.execute(open.database.db));
    expect(await signIn()).toBe('sign_in_failed');
    expect(await sessions()).toEqual({ n: 0 });
  });

  it('makes no session while it is under way', async () => {
    let answer: string | undefined;
    let judge: () => void = () => undefined;
    const judged = new Promise<void>((resolve) => (judge = resolve));
    const reached = new Promise<void>((resolve) => {
      beforeJudging = () => {
        resolve();
        return judged;
      };
    });
    const signingIn = signIn();
    void signingIn.then((text) => (answer = text));
    await reached;
    await open.database.db.transaction().execute(async (tx) => {
      await sql`update people set disabled_at = now()`.execute(tx);
      await sql`delete from sessions`.execute(tx);
      judge();
      // The embedded database has one session: whoever signs in waits for this transaction anyway.
      if (kind === 'PostgreSQL')
        await until(
          'the sign-in waits, or is through',
          async () => answer !== undefined || ((await waiting())?.n ?? 0) > 0,
        );
    });
    expect(await signingIn).toBe('sign_in_failed');
    expect(await sessions()).toEqual({ n: 0 });
  });
});
