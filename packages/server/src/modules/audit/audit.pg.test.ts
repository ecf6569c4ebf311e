import { sha256 } from '@flaghoist/runtime/crypto';
import { createDatabase } from '@flaghoist/testkit/postgres';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Database, rows, sql, type Tx } from '../../platform/database.ts';
import type { Place } from '../../platform/principal.ts';
import { type Author, createAuthor } from '../../../test-support/author.ts';
import { captureLog } from '../../../test-support/captured-log.ts';
import { DATABASE_KINDS, type DatabasePlace, makePlace, openModules } from '../../../test-support/database-place.ts';
import { appendEntry, chainOf, listEntries, readHeads, type StoredEntry, verifyChain } from './index.ts';

class RolledBack extends Error {}

describe.each(DATABASE_KINDS)('the audit chains over the %s', (kind) => {
  let place: DatabasePlace;
  let database: Database;
  let author: Author;
  let production: Place;
  let chain: string;
  let entries: readonly StoredEntry[];

  beforeAll(async () => {
    place = await makePlace(kind, () => createDatabase(inject('flaghoistPostgresUrl')));
    const opened = await openModules(place, captureLog().logger, () => new Date());
    database = opened.database;
    author = createAuthor(opened.modules);
    const [first, second] = await author.project('shop', ['production', 'staging']);
    if (first === undefined || second === undefined) throw new Error('the environments were not made');
    production = first;
    await author.manyRevisions(production, 9);
    await author.segment(second, { key: 'beta', included: ['ada'] });
    await author.revokeKey(production, await author.key([first, second], 'relay'));
    await author.archiveFlag(production, 'production-1');
    chain = chainOf.environment(production.environment.id);
    entries = [...(await listEntries(database.db, chain, Number.MAX_SAFE_INTEGER, 1_000))].reverse();
  });
  afterAll(async () => {
    await database.close();
    await place.remove();
  });

  /** What verifying says after some tampering, all of which is undone. */
  async function verdictAfter(tamper: (tx: Tx) => Promise<unknown>) {
    let verdict: Awaited<ReturnType<typeof verifyChain>> | undefined;
    const undone = database.db.transaction().execute(async (tx) => {
      await sql`alter table audit_entries disable trigger audit_entries_append_only`.execute(tx);
      await tamper(tx);
      verdict = await verifyChain(tx, chain);
      throw new RolledBack();
    });
    await expect(undone).rejects.toThrow(RolledBack);
    return verdict;
  }

  it('are intact as they were written, and end in the hash of their last entry', async () => {
    expect(entries.length).toBe(13);
    expect(await verifyChain(database.db, chain)).toEqual({
      intact: true,
      entries: 13,
      head: entries.at(-1)?.hash,
      broken: null,
    });
    const all = await rows(database.db, sql<{ chain: string; number: number }>`select chain, number from audit_chains`);
    expect(all.length).toBe(3);
    for (const one of all)
      expect(await verifyChain(database.db, one.chain)).toMatchObject({ intact: true, entries: one.number });
  });

  it('hash each entry with the one before it, so that whoever keeps one hash can check everything before', () => {
    let previous = '';
    for (const [i, entry] of entries.entries()) {
      expect(entry).toMatchObject({ number: i + 1, previous, hash: sha256(`${previous}\n${entry.body}`) });
      previous = entry.hash;
    }
  });

  it('have exactly one entry for each environment that a change touched, and each entry its revision', async () => {
    const revisions = await rows(
      database.db,
      sql<{
        place: string;
      }>`select concat_ws(' ', 'environment:' || environment_id, change_id, epoch, revision) as place
        from revisions order by 1`,
    );
    const audited = await rows(
      database.db,
      sql<{
        place: string;
      }>`select concat_ws(' ', chain, body::jsonb ->> 'change', body::jsonb ->> 'epoch', body::jsonb ->> 'revision') as place
        from audit_entries where chain like 'environment:%' order by 1`,
    );
    expect(audited.length).toBeGreaterThan(20);
    expect(audited).toEqual(revisions);
    const [untold] = await rows(
      database.db,
      sql<{ n: number }>`select count(*) as n from changes c
        where not exists (select 1 from audit_entries a where a.body::jsonb ->> 'change' = c.id::text)`,
    );
    expect(untold?.n).toBe(0);
  });

  it('tell for each entity its hash before and after, as they are in the content', async () => {
    for (const { body } of entries) {
      const { environment, revision, entities } = JSON.parse(body) as {
        environment: string;
        revision: number;
        entities: readonly { kind: string; key: string; sha256: string | null; before: string | null }[];
      };
      for (const { kind: entityKind, key, sha256: after, before } of entities) {
        const versions = await rows(
          database.db,
          sql<{ sha256: string | null; revision: number }>`select sha256, revision from entity_versions
            where environment_id = ${environment}::uuid and kind = ${entityKind} and key = ${key} and revision <= ${revision}
            order by revision desc limit 2`,
        );
        expect(versions[0]).toEqual({ sha256: after, revision });
        expect(versions[1]?.sha256 ?? null).toBe(before);
      }
    }
  });

  it.each([
    ['update audit_entries set body = body', 'audit_entries'],
    ['delete from audit_entries where number = 1', 'audit_entries'],
    ['update entity_versions set json = json', 'entity_versions'],
    ['delete from entity_versions', 'entity_versions'],
  ])('are kept from accidents: the database refuses `%s`', async (statement, table) => {
    const undone = database.db.transaction().execute(async (tx) => {
      await sql.raw(statement).execute(tx);
      throw new RolledBack();
    });
    await expect(undone).rejects.toThrow(`rows of ${table} are append-only`);
  });

  const set = (number: number, members: Partial<StoredEntry>) => (tx: Tx) =>
    sql`update audit_entries set body = coalesce(${members.body ?? null}::text, body),
      previous = coalesce(${members.previous ?? null}::text, previous), hash = coalesce(${members.hash ?? null}::text, hash)
      where chain = ${chain} and number = ${number}`.execute(tx);
  const move = (tx: Tx, from: number, to: number) =>
    sql`update audit_entries set number = ${to} where chain = ${chain} and number = ${from}`.execute(tx);
  const insert = (tx: Tx, entry: StoredEntry) =>
    sql`insert into audit_entries (chain, number, body, previous, hash)
      values (${chain}, ${entry.number}, ${entry.body}, ${entry.previous}, ${entry.hash})`.execute(tx);
  const remove = (tx: Tx, from: number, to: number) =>
    sql`delete from audit_entries where chain = ${chain} and number between ${from} and ${to}`.execute(tx);
  const at = (number: number): StoredEntry => {
    const entry = entries[number - 1];
    if (entry === undefined) throw new Error(`there is no entry ${number}`);
    return entry;
  };
  const forged = (number: number, previous: string): StoredEntry => {
    const body = at(5).body.replace('"author"', '"somebody else"');
    return { number, body, previous, hash: sha256(`${previous}\n${body}`) };
  };
  const makeRoom = async (tx: Tx, above: number) => {
    for (let number = entries.length; number > above; number--) await move(tx, number, number + 1);
  };

  type Tampering = readonly [what: string, tamper: (tx: Tx) => Promise<unknown>, at: number | null];
  const tamperings: readonly Tampering[] = [
    ['an edited body', (tx) => set(5, { body: forged(5, '').body })(tx), 5],
    ['a body with one space more', (tx) => set(5, { body: at(5).body.replace(',', ', ') })(tx), 5],
    ['an edited first entry', (tx) => set(1, { body: forged(1, '').body })(tx), 1],
    ['an edited last entry', (tx) => set(13, { body: forged(13, '').body })(tx), 13],
    ['an edited hash', (tx) => set(5, { hash: sha256('x') })(tx), 5],
    ['an edited hash of the last entry', (tx) => set(13, { hash: sha256('x') })(tx), 13],
    ['an edited previous hash', (tx) => set(5, { previous: sha256('x') })(tx), 5],
    ['a body edited with its hash', (tx) => set(5, forged(5, at(4).hash))(tx), 6],
    ['a last body edited with its hash', (tx) => set(13, forged(13, at(12).hash))(tx), 13],
    ['a deleted entry', (tx) => remove(tx, 5, 5), 5],
    ['a deleted first entry', (tx) => remove(tx, 1, 1), 1],
    [
      'a deleted entry whose gap was closed',
      async (tx) => {
        await remove(tx, 5, 5);
        for (let number = 6; number <= entries.length; number++) await move(tx, number, number - 1);
      },
      5,
    ],
    [
      'two swapped entries',
      async (tx) => {
        await move(tx, 5, 99);
        await move(tx, 6, 5);
        await move(tx, 99, 6);
      },
      5,
    ],
    [
      'two swapped bodies',
      async (tx) => {
        await set(5, { body: at(6).body })(tx);
        await set(6, { body: at(5).body })(tx);
      },
      5,
    ],
    [
      'an inserted entry',
      async (tx) => {
        await makeRoom(tx, 5);
        await insert(tx, forged(6, at(5).hash));
      },
      7,
    ],
    [
      'an entry inserted before all others',
      async (tx) => {
        await makeRoom(tx, 0);
        await insert(tx, forged(1, ''));
      },
      2,
    ],
    [
      'a repeated entry',
      async (tx) => {
        await makeRoom(tx, 5);
        await insert(tx, { ...at(5), number: 6 });
      },
      6,
    ],
    ['an entry added behind the last one', (tx) => insert(tx, forged(14, at(13).hash)), 14],
    ['a truncated tail', (tx) => remove(tx, 11, 13), 11],
    ['a truncated last entry', (tx) => remove(tx, 13, 13), 13],
    [
      'a tail written anew',
      async (tx) => {
        await remove(tx, 12, 13);
        const entry = forged(12, at(11).hash);
        await insert(tx, entry);
        await insert(tx, forged(13, entry.hash));
      },
      13,
    ],
    ['a chain without entries', (tx) => remove(tx, 1, 13), 1],
    ['entries without their chain', (tx) => sql`delete from audit_chains where chain = ${chain}`.execute(tx), null],
  ];

  it.each(tamperings)('show %s', async (_, tamper, number) => {
    const verdict = await verdictAfter(tamper);
    expect(verdict?.intact).toBe(false);
    // Without the chain's own row nothing says which entry is the wrong one.
    if (number !== null) expect(verdict?.broken?.number).toBe(number);
    expect(verdict?.broken?.problem.length).toBeGreaterThan(10);
    expect(await verifyChain(database.db, chain)).toMatchObject({ intact: true });
  });

  it('show at a glance how much there is, and that the end of one was cut or altered', async () => {
    const now = await readHeads(database.db);
    const all = await rows(database.db, sql<{ at: string }>`select body::json ->> 'at' as at from audit_entries`);
    const newest = Math.max(...all.map(({ at: written }) => Date.parse(written)));
    expect(now).toEqual({ entries: all.length, newestSeconds: newest / 1_000, broken: 0 });
    for (const tamper of [
      (tx: Tx) => remove(tx, 13, 13),
      (tx: Tx) => sql`update audit_entries set hash = 'x' where chain = ${chain} and number = 13`.execute(tx),
    ]) {
      const undone = database.db.transaction().execute(async (tx) => {
        await sql`alter table audit_entries disable trigger audit_entries_append_only`.execute(tx);
        await tamper(tx);
        expect(await readHeads(tx)).toMatchObject({ broken: 1 });
        throw new RolledBack();
      });
      await expect(undone).rejects.toThrow(RolledBack);
    }
  });

  it('are read whole when they are longer than one slice', async () => {
    const long = 'project:long';
    const body = { at: '2030-01-01T00:00:00.000Z', actor: 'author', action: 'flag.edit', change: 'c', reason: null };
    await database.db.transaction().execute(async (tx) => {
      for (let n = 1; n <= 1_000; n++) await appendEntry(tx, long, { ...body, n });
    });
    expect(await verifyChain(database.db, long)).toMatchObject({ intact: true, entries: 1_000 });
    await database.db.transaction().execute((tx) => appendEntry(tx, long, { ...body, n: 1_001 }));
    expect(await verifyChain(database.db, long)).toMatchObject({ intact: true, entries: 1_001 });
    const undone = database.db.transaction().execute(async (tx) => {
      await sql`alter table audit_entries disable trigger audit_entries_append_only`.execute(tx);
      await sql`update audit_entries set body = '{}' where chain = ${long} and number = 1001`.execute(tx);
      expect(await verifyChain(tx, long)).toMatchObject({ intact: false, entries: 1_000, broken: { number: 1_001 } });
      throw new RolledBack();
    });
    await expect(undone).rejects.toThrow(RolledBack);
  });

  it('are intact at every moment while they grow', async () => {
    const progress = { written: 0 };
    const writing = (async () => {
      for (; progress.written < 30; progress.written += 1)
        await author.configure(production, 'production-0', { enabled: progress.written % 2 === 0, rules: [] });
    })();
    const verdicts: unknown[] = [];
    while (progress.written < 30) verdicts.push((await verifyChain(database.db, chain)).broken);
    await writing;
    expect(verdicts.length).toBeGreaterThan(3);
    expect(verdicts.filter((broken) => broken !== null)).toEqual([]);
  });
});
