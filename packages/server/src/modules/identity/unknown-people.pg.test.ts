/** An unknown e-mail address costs as much as a known one: what is hashed is counted, not the time it takes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DATABASE_KINDS } from '../../../test-support/database-place.ts';
import { commandBy, type IdentityPlace, openIdentity } from '../../../test-support/identity-place.ts';
import { sql } from '../../platform/database.ts';
import type { PasswordHasher } from './passwords.ts';

const FROM = { address: '127.0.0.1', userAgent: '' };
const PASSWORD = 'lines of old verse';
const command = commandBy('sign-in', 'session.create');

describe.each(DATABASE_KINDS)('a sign-in over the %s', (kind) => {
  let open: IdentityPlace;
  const calls: string[] = [];
  const hasher: PasswordHasher = {
    async hash(password) {
      calls.push('hash');
      return `hashed ${password}`;
    },
    async verify(password, hash) {
      calls.push('verify');
      return hash === `hashed ${password}`;
    },
  };

  beforeAll(async () => {
    open = await openIdentity(kind, hasher);
    const { setup } = open.identity;
    const link = (await setup.invite()) ?? '';
    const person = { email: 'ada@shop.example', name: 'Ada', password: PASSWORD };
    await setup.completeWithAccount(command, { setup: link, ...person }, FROM);
  });
  afterAll(() => open.close());

  /** What is hashed or verified, and the refusal's code; a sign-in that is let in has none. */
  async function attempt(email: string, password: string): Promise<readonly [string, string]> {
    calls.length = 0;
    const code = await open.identity.signIn.withPassword(command, { email, password }, FROM).then(
      () => 'signed in',
      (error: { code: string }) => error.code,
    );
    return [calls.join(), code];
  }

  it('hashes once, whether the e-mail address is known or not', async () => {
    expect(await attempt('ada@shop.example', PASSWORD)).toEqual(['verify', 'signed in']);
    expect(await attempt('ada@shop.example', 'not the password')).toEqual(['verify', 'sign_in_failed']);
    expect(await attempt('nobody@shop.example', PASSWORD)).toEqual(['hash', 'sign_in_failed']);
    expect(await attempt('no e-mail at all', PASSWORD)).toEqual(['hash', 'sign_in_failed']);
  });

  it('hashes once for whoever is disabled or has no password', async () => {
    await sql`update people set disabled_at = now()`.execute(open.database.db);
    expect(await attempt('ada@shop.example', PASSWORD)).toEqual(['hash', 'sign_in_failed']);
    await sql`update people set disabled_at = null`.execute(open.database.db);
    await sql`update credentials set password = null`.execute(open.database.db);
    expect(await attempt('ada@shop.example', PASSWORD)).toEqual(['hash', 'sign_in_failed']);
  });
});
