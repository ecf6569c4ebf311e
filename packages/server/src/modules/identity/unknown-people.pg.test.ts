/** An unknown e-mail address costs as much as a known one: what is hashed is counted, not the time it takes. */
import { createDatabase } from '@flaghoist/testkit/postgres';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { captureLog } from '../../../test-support/captured-log.ts';
import {
  DATABASE_KINDS,
  type DatabasePlace,
  makePlace,
  type OpenPlace,
  openModules,
} from '../../../test-support/database-place.ts';
import { sql } from '../../platform/database.ts';
import { EVERY_RIGHT } from '../../platform/rights.ts';
import type { Command } from '../changes/index.ts';
import type { PasswordHasher } from './passwords.ts';

const FROM = { address: '127.0.0.1', userAgent: '' };
const PASSWORD = 'lines of old verse';
const command: Command = {
  actor: { id: 'sign-in', name: 'sign-in' },
  rights: EVERY_RIGHT,
  action: 'session.create',
  reason: null,
  idempotencyKey: null,
  fingerprint: '',
};

describe.each(DATABASE_KINDS)('a sign-in over the %s', (kind) => {
  let place: DatabasePlace;
  let open: OpenPlace;
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
    place = await makePlace(kind, () => createDatabase(inject('flaghoistPostgresUrl')));
    open = await openModules(place, captureLog().logger, () => new Date(), hasher);
    const { setup } = identity();
    const link = (await setup.invite()) ?? '';
    const person = { email: 'ada@shop.example', name: 'Ada', password: PASSWORD };
    await setup.completeWithAccount(command, { setup: link, ...person }, FROM);
  });
  afterAll(async () => {
    await open.database.close();
    await place.remove();
  });

  function identity() {
    const { identity: found } = open.modules;
    if (found === null) throw new Error('these modules have no identity');
    return found;
  }

  /** What is hashed or verified, and the refusal's code; a sign-in that is let in has none. */
  async function attempt(email: string, password: string): Promise<readonly [string, string]> {
    calls.length = 0;
    const code = await identity()
      .signIn.withPassword(command, { email, password }, FROM)
      .then(
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
