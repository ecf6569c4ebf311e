import { setTimeout as sleep } from 'node:timers/promises';
import type { OrderedLog } from '@flaghoist/bus';
import { VerifiedRuleset } from '@flaghoist/client';
import { createRegexEngine } from '@flaghoist/client/regex';
import { sha256 } from '@flaghoist/runtime/crypto';
import { createDatabase } from '@flaghoist/testkit/postgres';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { rows, sql } from '../../platform/database.ts';
import type { Place } from '../../platform/principal.ts';
import { createAuthor } from '../../../test-support/author.ts';
import { captureLog } from '../../../test-support/captured-log.ts';
import { DATABASE_KINDS, makePlace, openModules } from '../../../test-support/database-place.ts';
import { blockOf, makeBus, type Member, startMember } from '../../../test-support/publishing-member.ts';
import { openPublishing, type PublishingPlace } from '../../../test-support/publishing-place.ts';
import { until } from '../../../test-support/until.ts';
import { createPublicationStore, EVERY_ENVIRONMENT, Gate, Publisher } from './index.ts';

const now = (): Date => new Date();
const regex = createRegexEngine();

describe.each(DATABASE_KINDS)('publishing over the %s', (kind) => {
  let at: PublishingPlace;
  let production: Place;
  let staging: Place;
  let made = 0;

  beforeAll(async () => {
    at = await openPublishing(kind);
  });
  afterAll(() => at.close());
  beforeEach(async () => {
    const places = await at.author.project(`shop-${++made}`, ['production', 'staging']);
    [production, staging] = places as [Place, Place];
  });
  afterEach(() => at.stopAll());

  const start = (around?: (log: OrderedLog) => OrderedLog): Promise<Member> => at.start({ around });

  const revisionOf = async ({ environment }: Place) => (await at.modules.changes.line(environment.id))?.revision ?? 0;

  async function published(member: Member, of: Place = production): Promise<void> {
    const target = await revisionOf(of);
    const { id } = of.environment;
    await until(`revision ${target} is published`, () => member.publisher.status(id).revision === target);
    await until(`revision ${target} is remembered`, async () => {
      const [row] = await rows(
        at.database.db,
        sql<{ revision: number }>`select revision from publications where environment_id = ${id}::uuid`,
      );
      return row?.revision === target;
    });
  }

  /** The whole stream: contiguous, every revision once, and each prefix exactly what the database says of its revision. */
  async function checkStream(
    log: OrderedLog,
    { environment: { id } }: Place,
  ): Promise<{ readonly checkpoints: number }> {
    const messages = await log.readAfter(id, 0, 10_000);
    const copy = new VerifiedRuleset({ sha256, access: 'verified', regex });
    const revisions: number[] = [];
    let checkpoints = 0;
    for (const [i, message] of messages.entries()) {
      expect(message.position).toBe((messages[0]?.position ?? 0) + i);
      const block = blockOf(message.body);
      const { epoch, revision } = block.head;
      const isRepeat = copy.cursor !== null && message.id.endsWith('.checkpoint');
      expect(message.id).toBe(`${id}.${epoch}.${revision}${message.id.endsWith('.checkpoint') ? '.checkpoint' : ''}`);
      if (message.checkpoint) checkpoints += 1;
      if (isRepeat) expect(copy.applyFull(block)).toEqual({ ok: true, changed: [] });
      else {
        revisions.push(revision);
        expect(message.checkpoint ? copy.applyFull(block) : copy.applyPatch(block)).toMatchObject({ ok: true });
      }
      expect(await shownBy(copy)).toEqual(await storedAt(id, revision));
    }
    const first = revisions[0] ?? 0;
    expect(revisions).toEqual(revisions.map((_, i) => first + i));
    expect(copy.cursor).toMatchObject(await lineOf(id));
    return { checkpoints };
  }

  /** What a process that starts now would read. */
  async function checkSnapshot(log: OrderedLog, { environment: { id } }: Place): Promise<number> {
    const messages = await log.readFromCheckpoint(id);
    const blocks = messages.map(({ body }) => blockOf(body));
    const copy = new VerifiedRuleset({ sha256, access: 'verified', regex });
    expect(messages[0]?.checkpoint).toBe(true);
    expect(copy.applyBlocks(blocks)).toMatchObject({ ok: true });
    expect(copy.cursor).toMatchObject(await lineOf(id));
    expect(await shownBy(copy)).toEqual(await storedAt(id, copy.cursor?.revision ?? 0));
    return messages.length;
  }

  const shownBy = async (copy: VerifiedRuleset) =>
    [...copy.entities()].map(({ kind: entity, key, json }) => ({ entity, key, json }));

  async function storedAt(id: string, revision: number) {
    const found = await at.modules.changes.entitiesAt(id, revision);
    return found
      .map(({ kind: entity, key, json }) => ({ entity, key, json }))
      .sort((a, b) => (`${a.entity}\t${a.key}` < `${b.entity}\t${b.key}` ? -1 : 1));
  }

  async function lineOf(id: string) {
    const line = await at.modules.changes.line(id);
    return { epoch: line?.epoch, revision: line?.revision };
  }

  it('puts exactly what the database holds on the bus, revision by revision', async () => {
    await at.author.segment(production, { key: 'beta', included: ['ada'] });
    const member = await start();
    await at.author.manyRevisions(production, 12);
    const relay = await at.author.key([production, staging], 'relay');
    await at.author.archiveFlag(production, 'production-2');
    await at.author.revokeKey(production, relay);
    const later = await at.author.environment(production, 'later');
    await at.author.configureAll(later, ['production-0', 'production-1', 'production-3'], { enabled: true });
    await Promise.all([production, staging, later].map((at) => published(member, at)));
    await checkStream(member.log, later);
    await checkStream(member.log, production);
    await checkStream(member.log, staging);
    await checkSnapshot(member.log, production);
    expect(at.captured.errors()).toEqual([]);
  });

  it('gives every environment its turn: what is heavy in one holds up another for one revision only', async () => {
    await Promise.all([production, staging].map((place) => at.author.manyRevisions(place, 3)));
    const gate = new Gate();
    const judged: string[] = [];
    const next = gate.next.bind(gate);
    gate.next = async (environmentId, proposal) => {
      judged.push(environmentId);
      await sleep(250);
      return next(environmentId, proposal);
    };
    const member = await at.start({ gate });
    await Promise.all([production, staging].map((place) => published(member, place)));
    const turns = [production, staging].map(({ environment: { id } }) => [judged.indexOf(id), judged.lastIndexOf(id)]);
    const [[firstOfA = 0, lastOfA = 0] = [], [firstOfB = 0, lastOfB = 0] = []] = turns;
    expect(firstOfA).toBeLessThan(lastOfB);
    expect(firstOfB).toBeLessThan(lastOfA);
    await checkStream(member.log, production);
  });

  it('writes each head as it is remembered, chained to the one before it', async () => {
    const member = await start();
    await at.author.manyRevisions(production, 6);
    await published(member);
    const { id } = production.environment;
    const heads = await rows(
      at.database.db,
      sql<{
        head: string;
        hash: string;
        revision: number;
      }>`select head, hash, revision from heads where environment_id = ${id}::uuid order by revision`,
    );
    expect(heads.map(({ revision }) => revision)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    const onBus = (await member.log.readAfter(id, 0, 1_000)).filter((message) => !message.id.endsWith('.checkpoint'));
    expect(onBus.map(({ body }) => blockOf(body).headText)).toEqual(heads.map(({ head }) => head));
    let previous = '';
    for (const { head, hash } of heads) {
      expect(hash).toBe(sha256(head));
      expect(JSON.parse(head)).toMatchObject({ environment: id, previous });
      previous = hash;
    }
  });

  it('makes a checkpoint now and then, so that whoever starts reads few patches', async () => {
    const member = await start();
    await at.author.manyRevisions(production, 205);
    await published(member);
    // It follows the revisions that asked for it.
    const { id } = production.environment;
    await until('the checkpoint is there', async () => (await member.log.readFromCheckpoint(id)).length < 200);
    const { checkpoints } = await checkStream(member.log, production);
    expect(checkpoints).toBeGreaterThanOrEqual(2);
    expect(await checkSnapshot(member.log, production)).toBeLessThanOrEqual(202);
  });

  it('repeats without harm what was appended and not remembered', async () => {
    const store = createPublicationStore(at.database.db, at.modules.changes);
    const bus = makeBus(at.database, at.captured);
    const dying = new Publisher({
      database: at.database,
      store: { ...store, remember: () => Promise.reject(new Error('killed before it remembered')) },
      changes: at.modules.changes,
      log: bus.log,
      logger: at.captured.logger,
      now,
      gate: new Gate(),
      signingKey: null,
      leases: EVERY_ENVIRONMENT,
    });
    await at.author.manyRevisions(production, 5);
    await dying.start();
    const { id } = production.environment;
    await until('the revisions are on the bus', async () => (await bus.log.readAfter(id, 0, 100)).length === 6);
    await dying.stop();
    await bus.stop();
    expect(await rows(at.database.db, sql`select 1 from publications where environment_id = ${id}::uuid`)).toEqual([]);

    const member = await start();
    await at.author.manyRevisions(staging, 2);
    await published(member);
    await published(member, staging);
    await at.author.configure(production, 'production-0', { enabled: true });
    await published(member);
    await checkStream(member.log, production);
    await checkStream(member.log, staging);
  });

  it('goes on where the process before it stopped', async () => {
    const first = await start();
    await at.author.manyRevisions(production, 5);
    await published(first);
    await at.stop(first);
    await at.author.manyRevisions(staging, 3);
    await at.author.configure(production, 'production-1', { enabled: true });
    const second = await start();
    await published(second);
    await published(second, staging);
    await checkStream(second.log, production);
    await checkStream(second.log, staging);
  });

  it('appends again when the answer of the bus was lost', async () => {
    let appended = 0;
    const member = await start((log) => ({
      ...log,
      append: async (request) => {
        const result = await log.append(request);
        if (result.outcome === 'appended') appended += 1;
        return result.outcome === 'appended' && appended % 3 === 0 ? raise('the answer was lost') : result;
      },
    }));
    await at.author.manyRevisions(production, 6);
    await published(member);
    expect(appended).toBeGreaterThan(6);
    await checkStream(member.log, production);
  });

  it('counts as published what the bus has, not what is on its way there', async () => {
    const { id } = production.environment;
    let goOn: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    let isHeld = false;
    const member = await start((log) => ({
      ...log,
      append: async (request) => {
        if (request.id === `${id}.1.2`) {
          isHeld = true;
          await held;
        }
        return log.append(request);
      },
    }));
    await at.author.flag(production, { key: 'held', type: 'boolean' });
    await until('the revision is on its way', () => isHeld);
    expect(member.publisher.status(id).revision).toBe(1);
    goOn();
    await published(member);
  });

  it('fills a bus that lost everything from the database, when it starts and when it publishes next', async () => {
    const first = await start();
    await at.author.manyRevisions(production, 5);
    await published(first);
    await published(first, staging);
    const lose = () => sql`truncate bus_log, bus_streams`.execute(at.database.db);
    await lose();
    await at.author.configure(production, 'production-1', { enabled: true });
    await published(first);
    await until(
      'the bus has it again',
      async () => (await first.log.readFromCheckpoint(production.environment.id)).length > 0,
    );
    await published(first);
    await checkSnapshot(first.log, production);
    await at.stop(first);

    await lose();
    const second = await start();
    for (const at of [production, staging]) {
      await until(
        'the bus has it again',
        async () => (await second.log.readFromCheckpoint(at.environment.id)).length > 0,
      );
      await checkSnapshot(second.log, at);
    }
    await at.author.configure(production, 'production-2', { enabled: true });
    await published(second);
    await checkStream(second.log, production);
  });
});

describe('two publishers over PostgreSQL', () => {
  it('publish every revision once and in order', async () => {
    const captured = captureLog();
    const place = await makePlace('PostgreSQL', () => createDatabase(inject('flaghoistPostgresUrl')));
    const one = await openModules(place, captured.logger, now);
    const two = await openModules(place, captured.logger, now);
    const author = createAuthor(one.modules);
    const places = await author.project('shop', ['production', 'staging', 'qa']);
    const members = [
      await startMember(one.database, one.modules.changes, captured),
      await startMember(two.database, two.modules.changes, captured),
    ];
    await Promise.all(places.map((at) => author.manyRevisions(at, 50)));
    for (const { environment } of places) {
      const line = await one.modules.changes.line(environment.id);
      for (const { publisher } of members)
        await until(
          'both have published everything',
          () => publisher.status(environment.id).revision === line?.revision,
        );
      const messages = await members.at(0)!.log.readAfter(environment.id, 0, 10_000);
      const numbers = messages
        .filter(({ id }) => !id.endsWith('.checkpoint'))
        .map(({ id }) => Number(id.split('.')[2]));
      expect(numbers).toEqual(Array.from({ length: line?.revision ?? 0 }, (_, i) => i + 1));
      expect(new Set(messages.map(({ id }) => id)).size).toBe(messages.length);
      const copy = new VerifiedRuleset({ sha256, access: 'verified', regex });
      for (const [i, { body, checkpoint }] of messages.entries()) {
        const result = i === 0 || checkpoint ? copy.applyFull(blockOf(body)) : copy.applyPatch(blockOf(body));
        expect(result.ok).toBe(true);
      }
      expect(copy.cursor?.revision).toBe(line?.revision);
    }
    await Promise.all(members.map((member) => member.stop()));
    await Promise.all([one.database.close(), two.database.close()]);
    await place.remove();
  });
});

function raise(message: string): never {
  throw new Error(message);
}
