// @ts-check
/** The real program in two processes over PostgreSQL: what manages, and an edge (`--roles edge`) beside it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createDatabase, startPostgresServer } from '@flaghoist/testkit/postgres';
import { createFlag } from '../environment/flags.mjs';
import { progress } from '../measure/progress.mjs';
import { manage } from '../product/management.mjs';
import { startServer } from '../product/server.mjs';
import { flagKey } from './flag-key.mjs';

const PROJECT = 'bench';
const ENVIRONMENT = 'production';
const EDITS_AT_ONCE = 500;
/** The most a key may have; that a load is refused is not what is measured here. */
const MOST_A_SECOND = 100_000;
const SERVED_WITHIN_MS = 60_000;

/**
 * @typedef {object} Fleet
 * @property {import('../product/management.mjs').Management} management
 * @property {import('../product/server.mjs').Server} edge
 * @property {(more: { databaseUrl?: string; port?: number; data?: string; workers?: number }) => Promise<import('../product/server.mjs').Server>} startEdge
 *   The same again, once it was stopped, or another one with `data` of its own.
 * @property {(follow: { upstream: string; relayKey: string; port?: number }) => Promise<import('../product/server.mjs').Server>} startFollower
 *   An edge without a database, always with the same folder.
 * @property {(kind: 'server' | 'client' | 'relay') => Promise<string>} createKey The text of a key that the edge knows.
 *
 * @typedef {{ flags: number; edgeCore?: number; nodeOptions?: readonly string[]; env?: NodeJS.ProcessEnv }} FleetOptions
 *   `edgeCore`: the processor that the edge runs on.
 */

/**
 * @template T
 * @param {string} folder
 * @param {FleetOptions} options
 * @param {(fleet: Fleet) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withFleet(folder, { flags, edgeCore, nodeOptions = [], env = {} }, work) {
  progress('starting PostgreSQL, what manages, and an edge');
  const postgres = await startPostgresServer();
  /** @type {(() => Promise<void>)[]} */
  const stops = [() => postgres.stop()];
  try {
    const { url: databaseUrl } = await createDatabase(postgres.url);
    const roles = 'control,publisher,worker';
    const control = await startServer({ data: `${folder}/control`, databaseUrl, roles });
    stops.push(() => control.stop());
    const management = await manage(control);
    stops.push(() => Promise.resolve(management.close()));
    await makeFlags(management, flags);
    const most = { FLAGHOIST_ADDRESS_RATE_LIMIT: String(MOST_A_SECOND) };
    const core = edgeCore === undefined ? {} : { core: edgeCore };
    const options = {
      data: `${folder}/edge`,
      databaseUrl,
      roles: 'edge',
      ...core,
      nodeOptions,
      env: { ...most, ...env },
    };
    const startEdge = async (more = {}) => {
      const edge = await startServer({ ...options, ...more });
      stops.push(() => edge.stop());
      return edge;
    };
    /** @type {Fleet['startFollower']} */
    const startFollower = async ({ upstream, relayKey, port }) => {
      const follower = await startServer({
        data: `${folder}/follower`,
        roles: 'edge',
        upstream,
        ...(port === undefined ? {} : { port }),
        env: { FLAGHOIST_RELAY_KEY: relayKey },
      });
      stops.push(follower.stop);
      return follower;
    };
    const edge = await startEdge();
    return await work({
      management,
      edge,
      startEdge,
      startFollower,
      async createKey(kind) {
        const wanted = { kind, environments: [ENVIRONMENT], rateLimit: MOST_A_SECOND };
        const { body } = await management.post(`/projects/${PROJECT}/keys`, wanted);
        // A relay key evaluates nothing.
        if (kind !== 'relay') await untilServed(management, edge.url, body.secret);
        return body.secret;
      },
    });
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

/** Of the management API. */
export function flagsPath() {
  return `/projects/${PROJECT}/environments/${ENVIRONMENT}/flags`;
}

/**
 * So many flags, as teams have them, that web pages may see.
 *
 * @param {import('../product/management.mjs').Management} management
 * @param {number} count
 */
async function makeFlags(management, count) {
  await management.post('/projects', { key: PROJECT, environments: [] });
  for (let i = 0; i < count; i++) {
    await management.post(`/projects/${PROJECT}/flags`, { key: flagKey(i), type: 'boolean', clientVisible: true });
  }
  await management.post(`/projects/${PROJECT}/environments`, { key: ENVIRONMENT, name: 'Production' });
  for (let first = 0; first < count; first += EDITS_AT_ONCE) {
    const edits = Array.from({ length: Math.min(EDITS_AT_ONCE, count - first) }, (_, at) => {
      const { rules = [], default: otherwise } = createFlag(first + at);
      const set = { enabled: true, rules, default: otherwise };
      return { environment: ENVIRONMENT, flag: flagKey(first + at), ifMatch: 1, set };
    });
    await management.post(`/projects/${PROJECT}/changes`, { edits });
  }
}

/**
 * Resolves when the edge knows the key and serves the newest revision.
 *
 * @param {import('../product/management.mjs').Management} management
 * @param {string} url
 * @param {string} key
 */
async function untilServed(management, url, key) {
  const until = performance.now() + SERVED_WITHIN_MS;
  for (;;) {
    const { body } = await management.get('/status');
    const [{ epoch, revision }] = body.environments;
    const answer = await fetch(`${url}/ofrep/v1/evaluate/flags`, { method: 'POST', headers: { 'x-api-key': key } });
    await answer.arrayBuffer();
    if (answer.status === 200 && answer.headers.get('flaghoist-revision') === `${epoch}.${revision}`) return;
    if (performance.now() > until)
      throw new Error(`The edge answers ${answer.status} and not by revision ${revision}.`);
    await sleep(100);
  }
}
