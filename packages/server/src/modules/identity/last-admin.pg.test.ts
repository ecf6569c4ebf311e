/** Somebody is always left who can get in: a role alone lets nobody in. */
import type { PersonEdit } from '@flaghoist/protocol/management';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DATABASE_KINDS } from '../../../test-support/database-place.ts';
import { commandBy, type IdentityPlace, openIdentity } from '../../../test-support/identity-place.ts';
import { sql } from '../../platform/database.ts';

const command = commandBy('test', 'person.edit');
const ADA = '00000000-0000-4000-8000-00000000000a';
const BOB = '00000000-0000-4000-8000-00000000000b';

describe.each(DATABASE_KINDS)('the last admin over the %s', (kind) => {
  let open: IdentityPlace;

  beforeAll(async () => {
    open = await openIdentity(kind);
    const made = { name: 'A connection', issuer: 'https://login.example.com', clientId: 'x', clientSecret: 'y' };
    for (const key of ['acme', 'other']) await open.identity.connections.create(command, { key, ...made });
  });
  afterAll(() => open.close());
  /** Both are admins, and have no way in yet. */
  beforeEach(async () => {
    const { db } = open.database;
    for (const table of ['grants', 'connection_people', 'credentials', 'people'])
      await sql`delete from ${sql.ref(table)}`.execute(db);
    await sql`update connections set archived_at = null`.execute(db);
    for (const id of [ADA, BOB]) {
      await sql`insert into people (id, email, name, created_at, updated_at)
        values (${id}::uuid, ${`${id}@shop.example`}, ${id}, now(), now())`.execute(db);
      await sql`insert into grants (person_id, role) values (${id}::uuid, 'admin')`.execute(db);
    }
  });

  const givePassword = (id: string) =>
    sql`insert into credentials (id, person_id, provider_id, account_id, password, created_at, updated_at)
      values (gen_random_uuid(), ${id}::uuid, 'credential', ${id}, 'hashed', now(), now())`.execute(open.database.db);
  const link = (id: string, connection: string) =>
    sql`insert into connection_people (connection_id, subject, person_id, created_at)
      select id, ${id}, ${id}::uuid, now() from connections where key = ${connection}`.execute(open.database.db);
  const outcome = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'done',
      (error: { code: string }) => error.code,
    );
  const edit = (id: string, change: PersonEdit) => outcome(open.identity.personEdits.edit(command, id, '*', change));
  const archive = (connection: string) => outcome(open.identity.connections.archive(command, connection, '*'));

  it('is not disabled, and keeps the role, while the other admin has no way in', async () => {
    await givePassword(ADA);
    expect(await edit(ADA, { disabled: true })).toBe('last_admin');
    expect(await edit(ADA, { grants: [] })).toBe('last_admin');
    expect(await edit(BOB, { disabled: true })).toBe('done');
  });

  it('may go when the other one has a password', async () => {
    await givePassword(ADA);
    await givePassword(BOB);
    expect(await edit(ADA, { grants: [] })).toBe('done');
    expect(await edit(BOB, { grants: [] })).toBe('last_admin');
  });

  it('may go when the other one signs in with a connection in use, and not with one that is archived', async () => {
    await givePassword(ADA);
    await link(BOB, 'acme');
    expect(await archive('acme')).toBe('done');
    expect(await edit(ADA, { disabled: true })).toBe('last_admin');
    await link(BOB, 'other');
    expect(await edit(ADA, { disabled: true })).toBe('done');
  });

  it('keeps the connection that lets them in, until they have another way', async () => {
    await link(ADA, 'acme');
    expect(await archive('other')).toBe('done');
    expect(await archive('acme')).toBe('last_admin');
    await givePassword(ADA);
    expect(await archive('acme')).toBe('done');
  });

  it('is told how to go on', async () => {
    await link(ADA, 'acme');
    await expect(open.identity.connections.archive(command, 'acme', '*')).rejects.toThrow(
      /give somebody else the role, or make a password link/,
    );
  });
});
