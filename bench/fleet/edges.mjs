// @ts-check
/** What a change costs whoever makes and carries it, with ten, a hundred and a thousand edges that follow. */
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createNatsBus } from '@flaghoist/bus/nats';
import { startNats } from '@flaghoist/testkit/nats';
import { createDatabase, startPostgresServer } from '@flaghoist/testkit/postgres';
import { progress } from '../measure/progress.mjs';
import { rounded } from '../measure/statistics.mjs';
import { withFolder } from '../process/at-end.mjs';
import { startChild } from '../process/child.mjs';
import { familyTime } from '../process/family-time.mjs';
import { processorTime } from '../process/processor-time.mjs';
import { manage } from '../product/management.mjs';
import { startServer } from '../product/server.mjs';

const CROWD = fileURLToPath(new URL('./edge-crowd.mjs', import.meta.url));
const SIZES = [10, 100, 1_000];
/** In turns over the sizes the crowd only grows: a first turn warms everything up. */
const WHOLE = { changes: 60, everyMs: 400 };
const QUICK = { changes: 20, everyMs: 400 };
/** The publisher's processor time with a thousand edges, of that with ten: more is not flat. */
const GOAL_RATIO = 1.2;
const PUBLISHED_WITHIN_MS = 60_000;
const PLACE = '/projects/bench/environments/production/flags';

/** @typedef {{ publisher: number; control: number; PostgreSQL: number; NATS: number }} Spent Milliseconds of processor time. */

/** @param {{ quick: boolean }} options */
export function measureEdges({ quick }) {
  const { changes, everyMs } = quick ? QUICK : WHOLE;
  return withFolder(async (folder) => {
    const [postgres, nats] = await Promise.all([startPostgresServer(), startNats(1)]);
    /** @type {(() => Promise<void>)[]} */
    const stops = [() => postgres.stop(), () => nats.stop()];
    try {
      const { url: databaseUrl } = await createDatabase(postgres.url);
      const env = { NATS_URL: nats.url, FLAGHOIST_API_RATE_LIMIT: '100000' };
      const control = await startServer({ data: `${folder}/control`, databaseUrl, roles: 'control,worker', env });
      stops.push(control.stop);
      const publisher = await startServer({ data: `${folder}/publisher`, databaseUrl, roles: 'publisher', env });
      stops.push(publisher.stop);
      const crowd = startChild(CROWD, [nats.url]);
      stops.push(crowd.stop);
      const bus = createNatsBus({ servers: nats.url.split(',') });
      stops.push(() => bus.stop());
      const management = await manage(control);
      stops.push(async () => management.close());
      const change = await prepareChanges(management);
      /** @returns {Spent} */
      const spent = () => ({
        publisher: processorTime(publisher.pid) ?? 0,
        control: processorTime(control.pid) ?? 0,
        PostgreSQL: familyTime(process.pid, 'postgres'),
        NATS: familyTime(process.pid, 'nats-server'),
      });
      /** Makes changes at an even pace until the last of them is published; the last edge has read it at the end. @param {number} count */
      const turn = async (count) => {
        const before = spent();
        const startedAt = performance.now();
        for (let i = 0; i < count; i++) {
          await sleep(Math.max(0, startedAt + i * everyMs - performance.now()));
          await change();
        }
        const { position } = await newest();
        const after = spent();
        crowd.send(JSON.stringify({ until: position }));
        await crowd.line();
        return perChange(before, after, count);
      };
      const newest = async () => {
        const { body } = await management.get('/projects/bench/environments/production');
        return untilPublished(bus.log, Number(body.revision));
      };
      progress('warming up');
      await turn(changes);
      /** @type {Spent[]} */
      const found = [];
      for (const edges of SIZES) {
        const { stream, position: from } = await newest();
        crowd.send(JSON.stringify({ edges, stream, from }));
        await crowd.line();
        progress(`${changes} changes, one every ${everyMs} ms, before ${edges} edges`);
        found.push(await turn(changes));
      }
      return figuresOf(found);
    } finally {
      for (const stop of stops.reverse()) await stop();
    }
  });
}

/**
 * Where the revision is on the bus, which holds one environment.
 *
 * @param {import('@flaghoist/bus').OrderedLog} log
 * @param {number} revision
 */
async function untilPublished(log, revision) {
  for (const until = performance.now() + PUBLISHED_WITHIN_MS; performance.now() < until; await sleep(20)) {
    const [head] = await log.heads();
    if (head !== undefined && Number(head[1].id.split('.')[2]) >= revision)
      return { stream: head[0], position: head[1].position };
  }
  throw new Error(`Revision ${revision} did not come to the bus.`);
}

/** @param {import('../product/management.mjs').Management} management */
async function prepareChanges(management) {
  await management.post('/projects', { key: 'bench', environments: ['production'] });
  const flag = { key: 'limit', type: 'number', variants: { now: -1 }, offVariant: 'now', defaultVariant: 'now' };
  await management.post('/projects/bench/flags', { ...flag, enabled: true });
  let { etag } = await management.get(`${PLACE}/limit`);
  let number = 0;
  return async () => {
    ({ etag } = await management.patch(`${PLACE}/limit`, { variants: { now: number++ } }, etag));
  };
}

/** @param {Spent} before @param {Spent} after @param {number} changes @returns {Spent} */
function perChange(before, after, changes) {
  /** @type {(of: (spent: Spent) => number) => number} */
  const each = (of) => (of(after) - of(before)) / changes;
  return {
    publisher: each(({ publisher }) => publisher),
    control: each(({ control }) => control),
    PostgreSQL: each(({ PostgreSQL }) => PostgreSQL),
    NATS: each(({ NATS }) => NATS),
  };
}

/** @param {readonly Spent[]} found By size. */
function figuresOf(found) {
  const [fewest, most] = [found[0], found.at(-1)];
  if (fewest === undefined || most === undefined) throw new Error('Nothing was measured.');
  return [
    {
      name: `a change before ${SIZES.at(-1)?.toLocaleString('en')} edges: the publisher's processor time, of that before ${SIZES[0]}`,
      value: rounded(most.publisher / fewest.publisher),
      unit: 'times',
      floor: GOAL_RATIO,
    },
    ...found.map(({ publisher, ...others }, i) => ({
      name: `a change before ${SIZES[i]?.toLocaleString('en')} edges: the publisher's processor time, idle included`,
      value: rounded(publisher),
      unit: 'ms',
      peers: Object.fromEntries(Object.entries(others).map(([name, ms]) => [name, rounded(ms)])),
    })),
  ];
}
