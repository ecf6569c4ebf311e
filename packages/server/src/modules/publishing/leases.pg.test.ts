import { setTimeout as sleep } from 'node:timers/promises';
import { createDatabase } from '@flaghoist/testkit/postgres';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { sql } from '../../platform/database.ts';
import type { Place } from '../../platform/principal.ts';
import { createAuthor } from '../../../test-support/author.ts';
import { captureLog } from '../../../test-support/captured-log.ts';
import { DATABASE_KINDS, makePlace, openModules } from '../../../test-support/database-place.ts';
import { type Member, startMember } from '../../../test-support/publishing-member.ts';
import { openPublishing, type PublishingPlace } from '../../../test-support/publishing-place.ts';
import { until } from '../../../test-support/until.ts';
import { createLeaseStore } from './lease-store.ts';
import { SharedLeases } from './leases.ts';
import { createPublicationReads } from './publication-reads.ts';

const FAR = 3_600_000;

describe.each(DATABASE_KINDS)('leases over the %s', (kind) => {
  let at: PublishingPlace;
  let environments: readonly string[];
  const running = new Set<SharedLeases>();

  beforeAll(async () => {
    at = await openPublishing(kind);
    await at.author.project('shop', ['a', 'b', 'c', 'd', 'e']);
    environments = (await at.modules.changes.lines()).map(({ environmentId }) => environmentId);
  });
  afterEach(async () => {
    for (const one of running) await one.stop();
    running.clear();
  });
  afterAll(() => at.close());

  /** A publisher's leases as they are in a process of its own, whose clock the test sets. */
  function open(host: string) {
    const clock = { ms: 0 };
    let changes = 0;
    const leases = new SharedLeases({
      store: createLeaseStore(at.database.db),
      changes: at.modules.changes,
      logger: at.captured.logger,
      host,
      monotonicMs: () => clock.ms,
    });
    running.add(leases);
    leases.start(() => {
      changes += 1;
    });
    return {
      leases,
      clock,
      changes: () => changes,
      held: () => environments.filter((environment) => leases.holds(environment)),
      /** As the publisher does between two turns. */
      settle: () => leases.settle(),
      ask: () => leases.noticed(''),
    };
  }

  const expire = () => sql`update publishers set until = clock_timestamp() - interval '1 s'`.execute(at.database.db);
  const age = () => sql`update publication_leases set since = since - interval '10 s'`.execute(at.database.db);
  const publishers = async (): Promise<readonly string[]> =>
    [...(await createPublicationReads(at.database.db).all()).values()].map(({ publisher }) => publisher ?? '');

  it('are all of one publisher that is alone, shared when another comes, and handed over at once when one stops', async () => {
    const one = open('one/1');
    await until('it has all', () => one.held().length === 5);
    const two = open('two/2');
    await until('the first has its share', () => (one.ask(), one.held().length === 3));
    expect(two.held()).toEqual([]);
    expect(await one.settle()).toHaveLength(2);
    await until('the second has the rest', () => (two.ask(), two.held().length === 2));
    expect([...one.held(), ...two.held()].sort()).toEqual([...environments].sort());
    expect([...(await publishers())].sort()).toEqual(['one/1', 'one/1', 'one/1', 'two/2', 'two/2']);
    await one.leases.stop();
    expect(one.held()).toEqual([]);
    await until('the second has all', () => (two.ask(), two.held().length === 5));
  });

  it('of a publisher that says nothing go to another, and it believes in none before it has asked', async () => {
    const frozen = open('frozen/1');
    await until('it has all', () => frozen.held().length === 5);
    frozen.clock.ms += 4_999;
    expect(frozen.held()).toHaveLength(5);
    frozen.clock.ms += 1;
    expect(frozen.held()).toEqual([]);

    frozen.clock.ms = FAR;
    await expire();
    await age();
    const other = open('other/2');
    await until('the other has all', () => other.held().length === 5 || other.held().length === 3);
    await until(
      'it is somebody new',
      () => (frozen.ask(), at.captured.lines.some(({ msg }) => msg?.includes('had run out'))),
    );
    expect((await frozen.settle()).length).toBeGreaterThanOrEqual(5);
    await until('they share', async () => {
      for (const leases of [frozen, other]) {
        leases.ask();
        await leases.settle();
      }
      return frozen.held().length + other.held().length === 5 && other.held().length < 4 && frozen.held().length < 4;
    });
    expect([...frozen.held(), ...other.held()].sort()).toEqual([...environments].sort());
  });

  it('that were taken just now are not taken away, whoever is thought to be dead', async () => {
    const [one, two] = [crypto.randomUUID(), crypto.randomUUID()];
    const store = createLeaseStore(at.database.db);
    for (const id of [one, two]) await store.join(id, id);
    expect(await store.claim(one, environments)).toHaveLength(5);
    await sql`delete from publishers where id = ${one}::uuid`.execute(at.database.db);
    expect(await store.claim(two, environments)).toEqual([]);
    expect(await store.renew(one)).toMatchObject({ isAlive: false });
    expect(await store.renew(two)).toMatchObject({ isAlive: true, others: 0, own: [] });
    await age();
    expect(await store.claim(two, environments)).toHaveLength(5);
    // Nor does one that is not known take any.
    await age();
    expect(await store.claim(one, environments)).toEqual([]);
    await store.leave(two);
  });

  it('of an environment that is made come without waiting for the next renewal', async () => {
    const one = open('one/1');
    await until('it has all', () => one.held().length === 5);
    const [made] = (await at.author.project('later', ['f'])) as [Place];
    const seen = one.changes();
    const begun = performance.now();
    one.leases.noticed(made.environment.id);
    await until('it has the new one', () => one.leases.holds(made.environment.id));
    expect(one.changes()).toBeGreaterThan(seen);
    expect(performance.now() - begun).toBeLessThan(900);
  });
});

describe('row 14: two publishers over PostgreSQL', () => {
  it('one that wakes in the middle of an append after another took over changes nothing, and both go on', async () => {
    const captured = captureLog();
    const place = await makePlace('PostgreSQL', () => createDatabase(inject('flaghoistPostgresUrl')));
    const { database, modules } = await openModules(place, captured.logger, () => new Date());
    const author = createAuthor(modules);
    const [at] = (await author.project('shop', ['production'])) as [Place];
    const { id } = at.environment;
    const clock = { ms: 0 };
    const leasesOf = (host: string, monotonicMs: () => number) =>
      new SharedLeases({
        store: createLeaseStore(database.db),
        changes: modules.changes,
        logger: captured.logger,
        host,
        monotonicMs,
      });
    let wake: () => void = () => undefined;
    const frozen = new Promise<void>((resolve) => (wake = resolve));
    let isFrozen = false;
    let refused = 0;
    const sleeper: Member = await startMember(database, modules.changes, captured, {
      leases: leasesOf('sleeper/1', () => clock.ms),
      around: (log) => ({
        ...log,
        async append(request) {
          if (request.id === `${id}.1.3`) {
            isFrozen = true;
            await frozen;
          }
          const result = await log.append(request);
          if (result.outcome !== 'appended') refused += 1;
          return result;
        },
      }),
    });
    const revision = async () => (await modules.changes.line(id))?.revision ?? 0;
    let made = 0;
    const write = async (count: number): Promise<void> => {
      for (let i = 0; i < count; i++) await author.flag(at, { key: `flag-${++made}`, type: 'boolean' });
    };
    await write(2);
    await until('the first publishes', () => sleeper.publisher.publishes(id));
    await until('it stands still in an append', () => isFrozen);
    clock.ms += FAR;
    await sql`update publishers set until = clock_timestamp() - interval '1 s'`.execute(database.db);
    await sql`update publication_leases set since = since - interval '10 s'`.execute(database.db);
    const other = await startMember(database, modules.changes, captured, {
      leases: leasesOf('other/2', () => performance.now()),
    });
    await write(3);
    const publishedBy = async (members: readonly Member[]) => {
      const newest = await revision();
      await until(`${newest} is on the bus`, () =>
        members.some(({ publisher }) => publisher.publishes(id) && publisher.status(id).revision === newest),
      );
    };
    await publishedBy([other]);
    wake();
    await until('it was told no', () => refused > 0);
    await write(2);
    await publishedBy([sleeper, other]);
    // Whoever has it, the other one may try what it does not hold for a moment longer.
    await sleep(50);
    const messages = (await other.log.readAfter(id, 0, 1_000)).filter((message) => !message.id.endsWith('.checkpoint'));
    expect(messages.map((message) => message.id)).toEqual(
      Array.from({ length: await revision() }, (_, before) => `${id}.1.${before + 1}`),
    );
    await sleeper.stop();
    await write(1);
    await publishedBy([other]);
    await other.stop();
    await database.close();
    await place.remove();
  });
});
