// @ts-check
/** Many changes a second for a while: how far edges fall behind, how soon they are up again, and whether one is left out. */
import { setTimeout as sleep } from 'node:timers/promises';
import { startNats } from '@flaghoist/testkit/nats';
import { createDatabase, startPostgresServer } from '@flaghoist/testkit/postgres';
import { progress } from '../measure/progress.mjs';
import { rounded } from '../measure/statistics.mjs';
import { withFolder } from '../process/at-end.mjs';
import { familyTime } from '../process/family-time.mjs';
import { processorTime } from '../process/processor-time.mjs';
import { openDoor } from '../propagation/door.mjs';
import { manage } from '../product/management.mjs';
import { startServer } from '../product/server.mjs';

const EDGES = 3;
const A_SECOND = 200;
const WHOLE_S = 60;
const QUICK_S = 10;
/** Requests under way at once, each of a flag of its own. */
const WRITERS = 32;
const PLACE = '/projects/bench/environments/production/flags';
const CATCHES_UP_WITHIN_MS = 120_000;

/** @typedef {{ server: number; PostgreSQL: number; NATS: number; edges: number }} Spent */

/** @param {{ quick: boolean }} options */
export function measureBurst({ quick }) {
  const seconds = quick ? QUICK_S : WHOLE_S;
  return withFolder(async (folder) => {
    const [postgres, nats] = await Promise.all([startPostgresServer(), startNats(3)]);
    /** @type {(() => Promise<void>)[]} */
    const stops = [() => postgres.stop(), () => nats.stop()];
    try {
      const { url: databaseUrl } = await createDatabase(postgres.url);
      // As many as are asked for here are meant.
      const env = { NATS_URL: nats.url, FLAGHOIST_API_RATE_LIMIT: '100000' };
      const server = await startServer({
        data: `${folder}/server`,
        databaseUrl,
        roles: 'control,publisher,worker',
        env,
      });
      stops.push(server.stop);
      const management = await manage(server);
      stops.push(async () => management.close());
      const { flags, key, revision } = await prepare(management);
      /** @type {Awaited<ReturnType<typeof follow>>[]} */
      const doors = [];
      /** @type {import('../product/server.mjs').Server[]} */
      const edges = [];
      for (let i = 1; i <= EDGES; i++) {
        const edge = await startServer({ data: `${folder}/edge-${i}`, databaseUrl, roles: 'edge', env });
        stops.push(edge.stop);
        edges.push(edge);
        const door = await follow(edge.url, key);
        stops.push(async () => door.close());
        doors.push(door);
      }
      progress(`${A_SECOND} changes a second for ${seconds} s`);
      /** @returns {Spent} Milliseconds of processor time so far. */
      const spent = () => ({
        server: processorTime(server.pid) ?? 0,
        PostgreSQL: familyTime(process.pid, 'postgres'),
        NATS: familyTime(process.pid, 'nats-server'),
        edges: edges.reduce((sum, { pid }) => sum + (processorTime(pid) ?? 0), 0),
      });
      const before = spent();
      const found = await burst(management, flags, doors, revision, seconds);
      return [...figuresOf(seconds, found, doors), costOf(before, spent(), found.made)];
    } finally {
      for (const stop of stops.reverse()) await stop();
    }
  });
}

/** @param {import('../product/management.mjs').Management} management */
async function prepare(management) {
  await management.post('/projects', { key: 'bench', environments: ['production'] });
  const flags = [];
  for (let i = 0; i < WRITERS; i++) {
    const key = `flag-${i}`;
    const flag = {
      key,
      type: 'number',
      variants: { now: -1 },
      offVariant: 'now',
      defaultVariant: 'now',
      enabled: true,
    };
    await management.post('/projects/bench/flags', flag);
    flags.push({ key, etag: (await management.get(`${PLACE}/${key}`)).etag, management: management.beside() });
  }
  const { body } = await management.post('/projects/bench/keys', { kind: 'server', environments: ['production'] });
  const { body: environment } = await management.get('/projects/bench/environments/production');
  return { flags, key: /** @type {string} */ (body.secret), revision: Number(environment.revision) };
}

/**
 * A change every so many milliseconds by whoever is free; nobody free: it is made up for as soon as somebody is.
 *
 * @param {import('../product/management.mjs').Management} management
 * @param {Awaited<ReturnType<typeof prepare>>['flags']} flags
 * @param {readonly Awaited<ReturnType<typeof follow>>[]} doors
 * @param {number} before The revision at the start.
 * @param {number} seconds
 */
async function burst(management, flags, doors, before, seconds) {
  const startedAt = performance.now();
  const wanted = A_SECOND * seconds;
  let begun = 0;
  let made = 0;
  let mostBehind = 0;
  const over = new AbortController();
  const writing = flags.map(async (flag) => {
    while (begun < wanted) {
      const due = startedAt + (begun++ / A_SECOND) * 1_000;
      await sleep(Math.max(0, due - performance.now()));
      const answer = await flag.management.patch(`${PLACE}/${flag.key}`, { variants: { now: begun } }, flag.etag);
      flag.etag = answer.etag;
      made += 1;
    }
  });
  const looking = (async () => {
    while (!over.signal.aborted) {
      await sleep(100);
      mostBehind = Math.max(mostBehind, before + made - Math.min(...doors.map(({ newest }) => newest())));
    }
  })();
  await Promise.all(writing);
  const wroteMs = performance.now() - startedAt;
  over.abort();
  await looking;
  const { body } = await management.get('/projects/bench/environments/production');
  const revision = Number(body.revision);
  const endedAt = performance.now();
  while (doors.some(({ newest }) => newest() < revision)) {
    if (performance.now() - endedAt > CATCHES_UP_WITHIN_MS) throw new Error('The edges did not come to the newest.');
    await sleep(5);
  }
  for (const { management: own } of flags) own.close();
  return { made, wroteMs, mostBehind, caughtUpMs: performance.now() - endedAt, revisions: revision - before };
}

/**
 * The newest revision that a stream of the edge has brought, and how many were passed over.
 *
 * @param {string} url
 * @param {string} key
 */
async function follow(url, key) {
  let newest = 0;
  let skipped = 0;
  let rest = '';
  const { close } = await openDoor(url, key, (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [, revision] = /^id: \d+\.(\d+)/.exec(line) ?? [];
      if (revision === undefined || Number(revision) <= newest) continue;
      if (newest > 0) skipped += Number(revision) - newest - 1;
      newest = Number(revision);
    }
  });
  return { newest: () => newest, skipped: () => skipped, close };
}

/**
 * @param {number} seconds
 * @param {Awaited<ReturnType<typeof burst>>} found
 * @param {readonly Awaited<ReturnType<typeof follow>>[]} doors
 */
function figuresOf(seconds, { made, wroteMs, mostBehind, caughtUpMs, revisions }, doors) {
  const title = `${A_SECOND} changes a second for ${seconds} s through NATS`;
  return [
    {
      name: `${title}: changes acknowledged a second`,
      value: rounded((made / wroteMs) * 1_000),
      unit: '/s',
      floor: A_SECOND,
    },
    { name: `${title}: most revisions that an edge was behind`, value: mostBehind, unit: 'revisions' },
    { name: `${title}: after the last, until all edges have it`, value: rounded(caughtUpMs), unit: 'ms' },
    {
      name: `${title}: revisions left out, at all ${EDGES} edges together`,
      value: doors.reduce((sum, { skipped }) => sum + skipped(), 0) + (revisions - made),
      unit: 'revisions',
      floor: 0,
    },
  ];
}

/** @param {Spent} before @param {Spent} after @param {number} changes */
function costOf(before, after, changes) {
  /** @type {(of: (spent: Spent) => number) => number} */
  const each = (of) => rounded((of(after) - of(before)) / changes);
  return {
    name: 'processor time of a change, in all processes of the fleet together',
    value: each(({ server, PostgreSQL, NATS, edges }) => server + PostgreSQL + NATS + edges),
    unit: 'ms',
    peers: {
      controlAndPublisher: each(({ server }) => server),
      PostgreSQL: each(({ PostgreSQL }) => PostgreSQL),
      threeNatsServers: each(({ NATS }) => NATS),
      threeEdges: each(({ edges }) => edges),
    },
  };
}
