/** Bus and database are compared: what the bus lost comes back, and where it holds something else nobody is led astray. */
import { VerifiedRuleset } from '@flaghoist/client';
import { createRegexEngine } from '@flaghoist/client/regex';
import { formatHead } from '@flaghoist/protocol/ruleset';
import { sha256 } from '@flaghoist/runtime/crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DATABASE_KINDS } from '../../../test-support/database-place.ts';
import { blockOf, type Member } from '../../../test-support/publishing-member.ts';
import { openPublishing, type PublishingPlace } from '../../../test-support/publishing-place.ts';
import { until } from '../../../test-support/until.ts';
import { sql } from '../../platform/database.ts';
import type { Place } from '../../platform/principal.ts';
import { createPublicationStore, publishInNewEpoch } from './index.ts';

const now = (): Date => new Date();
const RECONCILE_MS = 50;

describe.each(DATABASE_KINDS)('bus and database over the %s', (kind) => {
  let at: PublishingPlace;
  let production: Place;
  let id: string;
  let made = 0;

  beforeAll(async () => {
    at = await openPublishing(kind);
  });
  afterAll(() => at.close());
  beforeEach(async () => {
    [production] = (await at.author.project(`compared-${++made}`, ['production'])) as [Place];
    id = production.environment.id;
    await at.author.manyRevisions(production, 6);
  });
  afterEach(() => at.stopAll());

  const change = () =>
    at.author.configure(production, 'production-0', { enabled: Math.random() < 0.5, rules: [rule()] });
  const lineOf = async () => (await at.modules.changes.line(id)) ?? { epoch: 0, revision: 0 };
  const headOf = async (member: Member) => (await member.log.heads()).get(id)?.id;

  const start = (): Promise<Member> => at.start({ reconcileMs: RECONCILE_MS });

  async function published(member: Member): Promise<number> {
    const { revision } = await lineOf();
    await until(`revision ${revision} is published`, () => member.publisher.status(id).revision === revision);
    return revision;
  }

  /** What whoever starts now gets is what the database says. */
  async function expectServed(member: Member): Promise<void> {
    const copy = new VerifiedRuleset({ sha256, access: 'verified', regex: createRegexEngine() });
    const blocks = (await member.log.readFromCheckpoint(id)).map(({ body }) => blockOf(body));
    expect(copy.applyBlocks(blocks)).toMatchObject({ ok: true });
    const { epoch, revision } = await lineOf();
    expect(copy.cursor).toEqual({ epoch, revision });
    const stored = await at.modules.changes.entitiesAt(id, revision);
    const text = (all: Iterable<{ readonly key: string; readonly json: string | null }>) =>
      [...all].map(({ key, json }) => `${key} ${json ?? ''}`).sort();
    expect(text(copy.entities())).toEqual(text(stored));
  }

  it('a bus that lost a stream, or its newest messages, gets them again while nothing changes', async () => {
    const member = await start();
    const revision = await published(member);
    const losses = [
      () => sql`delete from bus_streams where stream = ${id}`.execute(at.database.db),
      () =>
        sql`update bus_streams set last_position = 3, last_id = ${`${id}.1.3`} where stream = ${id}`.execute(
          at.database.db,
        ),
    ];
    for (const [i, lose] of losses.entries()) {
      const before = member.publisher.reconciled.republished;
      const kept = i === 0 ? 0 : 3;
      await sql`delete from bus_log where stream = ${id} and position > ${kept}`.execute(at.database.db);
      await lose();
      await until('the bus has it again', async () => (await headOf(member)) === `${id}.1.${revision}.checkpoint`);
      await expectServed(member);
      await until('that was counted', () => member.publisher.reconciled.republished === before + 1);
      if (i === 0) await sql`delete from bus_log where stream = ${id}`.execute(at.database.db);
      if (i === 0) await refill(3);
    }
    await change();
    expect(await published(member)).toBe(revision + 1);
    await expectServed(member);
    expect(member.publisher.status(id).problem).toBeNull();
  });

  /** A bus whose stream ends where it was at an earlier time. */
  async function refill(count: number): Promise<void> {
    await sql`insert into bus_log (stream, position, id, checkpoint, body)
      select ${id}, revision, ${id} || '.1.' || revision, revision = 1, convert_to(head, 'UTF8') from heads
      where environment_id = ${id}::uuid and revision <= ${count}`.execute(at.database.db);
  }

  it('another ruleset at the same place is said and counted, and the next change brings followers a checkpoint', async () => {
    const member = await start();
    const revision = await published(member);
    const [last] = (await member.log.readAfter(id, 0, 1_000)).slice(-1);
    if (last === undefined) throw new Error('nothing was published');
    const { head, entities } = blockOf(last.body);
    const other = Buffer.from(`${formatHead({ ...head, previous: sha256('another') })}\n`);
    expect(entities.length).toBeGreaterThan(0);
    await sql`update bus_log set body = ${other} where stream = ${id} and position = ${last.position}`.execute(
      at.database.db,
    );
    const says = () => member.publisher.status(id).problem ?? '';
    await until('it is said', () => says().includes(`another ruleset than was published as 1.${revision}`));
    expect(member.publisher.reconciled.mismatches).toBe(1);
    expect(at.captured.errors()).toContainEqual(expect.objectContaining({ environment: id, problem: says() }));
    await change();
    await published(member);
    await until('the checkpoint is there', async () => (await headOf(member))?.endsWith('.checkpoint') ?? false);
    await expectServed(member);
    await until('all is well', () => says() === '');
    expect(member.publisher.reconciled.mismatches).toBe(1);
  });

  it('a bus ahead of the database is not published over, until the epoch is raised', async () => {
    const member = await start();
    const revision = await published(member);
    const ahead = `${id}.1.${revision + 3}`;
    await member.log.append({ stream: id, id: ahead, checkpoint: false, body: Buffer.from('{}\n') });
    const says = () => member.publisher.status(id).problem ?? '';
    await until('it is said', () =>
      says().includes(`the bus holds 1.${revision + 3}, and the database has 1.${revision}`),
    );
    expect(says()).toContain('flaghoist restore --raise-epoch');
    await change();
    const [other] = (await at.author.project(`beside-${made}`, ['production'])) as [Place];
    await until('others are published', () => member.publisher.status(other.environment.id).revision === 1);
    expect(await headOf(member)).toBe(ahead);
    expect(member.publisher.reconciled.mismatches).toBe(1);
    await raise();
    const again = await start();
    await published(again);
    await expectServed(again);
    expect((await lineOf()).epoch).toBeGreaterThan(1);
    expect(again.publisher.status(id).problem).toBeNull();
  });

  it('a database put back and changed beyond what the bus holds is not published over either', async () => {
    const member = await start();
    const revision = await published(member);
    await at.stopAll();
    await haveOtherHistory(member, revision - 3);
    await change();
    const restored = await start();
    const says = () => restored.publisher.status(id).problem ?? '';
    await until('it is said', () =>
      says().includes(`the bus holds another revision 1.${revision - 2} than the database`),
    );
    expect(says()).toContain('flaghoist restore --raise-epoch');
    const told = () => at.captured.errors().filter((line) => JSON.stringify(line).includes(id)).length;
    expect(told()).toBe(1);
    const since = restored.publisher.reconciled.at;
    await until('it was compared again', () => restored.publisher.reconciled.at !== since);
    expect([told(), await headOf(restored), says() === '']).toEqual([1, `${id}.1.${revision}`, false]);
    await raise();
    const again = await start();
    await published(again);
    await expectServed(again);
  });

  it('what a publisher that died had sent before the epoch was raised changes nothing when it arrives after it', async () => {
    const member = await start();
    const revision = await published(member);
    const { epoch } = await lineOf();
    await raise();
    const store = createPublicationStore(at.database.db, at.modules.changes);
    const place = async () => (await store.readPublications()).get(id);
    const raised = await place();
    const publication = { epoch, revision: revision + 1, hash: sha256('late') };
    const late = { publication, head: 'late', body: Buffer.from('late\n') };
    await store.remember(id, [late], new Map(), now().toISOString());
    expect(await place()).toEqual(raised);
    expect(raised?.epoch).toBeGreaterThan(epoch);
  });

  it('a publisher that read what was published before the epoch was raised, and the bus after it, reads again', async () => {
    const member = await start();
    await published(member);
    const stale = await createPublicationStore(at.database.db, at.modules.changes).readPublications();
    await raise();
    await change();
    // The comparison and the publishing read it once each.
    let reads = 0;
    const late = await at.start({
      aroundStore: (store) => ({
        ...store,
        readPublications: async () => (++reads <= 2 ? stale : store.readPublications()),
      }),
    });
    await published(late);
    await expectServed(late);
    expect(reads).toBeGreaterThan(2);
  });

  async function raise(): Promise<void> {
    await at.stopAll();
    const member = await start();
    const { log } = member;
    // It is in nobody's way: a publisher that is refused writes nothing.
    await at.stopAll();
    await publishInNewEpoch({ db: at.database.db, changes: at.modules.changes, log, now }, (highest) => highest + 1);
  }

  /** Bus and database were the same up to a revision; what the bus has after that, the database never made. */
  async function haveOtherHistory(member: Member, revision: number): Promise<void> {
    for (const { id: message, body } of await member.log.readAfter(id, 0, 1_000)) {
      const { head } = blockOf(body);
      if (head.revision <= revision) continue;
      const other = Buffer.from(`${formatHead({ ...head, previous: sha256(`another ${message}`) })}\n`);
      await sql`update bus_log set body = ${other} where stream = ${id} and id = ${message}`.execute(at.database.db);
    }
    await sql`update publications set revision = ${revision}, hash = heads.hash from heads
      where publications.environment_id = ${id}::uuid and heads.environment_id = ${id}::uuid
        and heads.revision = ${revision}`.execute(at.database.db);
  }
});

let rules = 0;
function rule() {
  return {
    id: `r${++rules}`,
    conditions: [{ attribute: 'plan', operator: 'in' as const, values: [`p${rules}`] }],
    serve: { variant: 'on' },
  };
}
