// @ts-check
/**
 * Requests a second at the edge's doors on one core, beside bare servers that return the same bytes: one that answers
 * everybody alike, and, where the answer depends on who asks, one that finds out what to answer.
 */
import { fileURLToPath } from 'node:url';
import { NATIVE_PATHS } from '@flaghoist/protocol/ruleset';
import { progress } from '../measure/progress.mjs';
import { median, rounded } from '../measure/statistics.mjs';
import { withFolder } from '../process/at-end.mjs';
import { startChild } from '../process/child.mjs';
import { processorTime } from '../process/processor-time.mjs';
import { askAs, exchange, formatRequest, OFREP, USERS } from './asked.mjs';
import { flagKey } from './flag-key.mjs';
import { withFleet } from './fleet.mjs';

const LOAD = fileURLToPath(new URL('./load.mjs', import.meta.url));
const BARE = fileURLToPath(new URL('./bare-answers.mjs', import.meta.url));
const EVALUATING = fileURLToPath(new URL('./bare-evaluations.mjs', import.meta.url));
/** The servers share one core, the load has the other. */
const SERVER_CORE = 1;
const LOAD_CORE = 0;
const FLAGS = 50;
const WHOLE = { turns: 15, ms: 600, warmupMs: 3_000 };
const QUICK = { turns: 5, ms: 300, warmupMs: 1_500 };

/**
 * @typedef {object} Case
 * @property {string} name
 * @property {number} goal Of the bare server's requests a second, in percent.
 * @property {number} connections
 * @property {(user: number) => import('./asked.mjs').Asked} ask
 * @property {boolean} [evaluates] Beside a server that evaluates and has no other duty: the goal is a share of what that one
 *   does. Also beside the one that answers everybody alike, without a goal.
 *
 * @typedef {{ rate: number; p50: number; p99: number; processor: number }} Turn `processor`: ms for a thousand answers.
 */

/** @param {{ quick: boolean }} options */
export function measureRequests({ quick }) {
  const size = quick ? QUICK : WHOLE;
  return withFolder((folder) =>
    withFleet(folder, { flags: FLAGS, edgeCore: SERVER_CORE }, async (fleet) => {
      const load = startChild(LOAD, [], { core: LOAD_CORE });
      try {
        const figures = [];
        for (const one of await casesOf(fleet)) figures.push(...(await measureCase(fleet.edge, load, one, size)));
        return figures;
      } finally {
        await load.stop();
      }
    }),
  );
}

/**
 * Of the OFREP door with a client key from a page, which is checked and counted most; of the native door with a server key.
 *
 * @param {import('./fleet.mjs').Fleet} fleet
 * @returns {Promise<Case[]>}
 */
async function casesOf({ edge, createKey }) {
  const client = await createKey('client');
  const server = await createKey('server');
  /** @param {string} path @param {Record<string, string>} [more] @returns {Case['ask']} */
  const evaluate = (path, more) => askAs(client, path, more);
  const bulk = evaluate(OFREP);
  const tags = await Promise.all(USERS.map(async (user) => (await exchange(edge.url, bulk(user))).tag));
  /** @param {string} path @param {Record<string, string>} [more] @returns {Case['ask']} */
  const get =
    (path, more = {}) =>
    () => ({
      method: 'GET',
      path,
      headers: { authorization: `Bearer ${server}`, ...more },
      body: '',
    });
  const gzip = { 'accept-encoding': 'gzip' };
  const snapshot = await exchange(edge.url, get(NATIVE_PATHS.ruleset)(0));
  const common = { connections: 64 };
  return [
    { ...common, name: 'OFREP, one flag', goal: 80, ask: evaluate(`${OFREP}/${flagKey(1)}`), evaluates: true },
    { ...common, name: `OFREP, ${FLAGS} flags`, goal: 70, ask: bulk, evaluates: true },
    {
      ...common,
      name: `OFREP, ${FLAGS} flags, 304`,
      goal: 80,
      ask: (user) => evaluate(OFREP, { 'if-none-match': tags[user % USERS.length] ?? '' })(user),
    },
    { ...common, name: 'snapshot', goal: 70, ask: get(NATIVE_PATHS.ruleset) },
    { ...common, name: 'snapshot, gzip', goal: 70, ask: get(NATIVE_PATHS.ruleset, gzip) },
    { ...common, name: 'snapshot, 304', goal: 80, ask: get(NATIVE_PATHS.ruleset, { 'if-none-match': snapshot.tag }) },
  ];
}

/**
 * @param {import('../product/server.mjs').Server} edge
 * @param {import('../process/child.mjs').Child} load
 * @param {Case} one
 * @param {typeof WHOLE} size
 */
async function measureCase(edge, load, { name, goal, connections, ask, evaluates = false }, { turns, ms, warmupMs }) {
  const answer = await exchange(edge.url, ask(0));
  const floors = [await startFloor(BARE, answer)];
  try {
    for (const { url } of floors) await requireSame(url, edge.url, ask(0));
    if (evaluates) {
      const floor = await startFloor(EVALUATING, { headers: answer.headers, ...flagsIn(answer) });
      floors.push(floor);
      for (const user of USERS) await requireSame(floor.url, edge.url, ask(user));
    }
    const requests = USERS.map((user) => formatRequest(ask(user)));
    /** @type {(server: { url: string; pid: number }, ms: number) => Promise<Turn>} */
    const turn = async ({ url, pid }, length) => {
      const before = processorTime(pid) ?? 0;
      load.send(JSON.stringify({ port: Number(new URL(url).port), requests, connections, ms: length }));
      const { answers, ms: took, p50, p99, statuses } = JSON.parse(await load.line());
      if (statuses.join() !== String(answer.status))
        throw new Error(`${name}: answered ${statuses}, not ${answer.status}.`);
      const processor = ((processorTime(pid) ?? 0) - before) / (answers / 1_000);
      return { rate: (answers * 1_000) / took, p50, p99, processor };
    };
    progress(`${name}: ${turns} turns of ${ms} ms each`);
    const servers = [edge, ...floors];
    for (const server of servers) await turn(server, warmupMs);
    /** @type {Turn[][]} */
    const rounds = [];
    // Another one begins each time, so that what slows the machine down or lets it go favours none.
    for (let i = 0; i < turns; i++) {
      /** @type {Turn[]} */
      const round = [];
      for (let at = 0; at < servers.length; at++) {
        const which = (i + at) % servers.length;
        round[which] = await turn(servers[which] ?? edge, ms);
      }
      rounds.push(round);
    }
    return figuresOf(name, goal, rounds);
  } finally {
    for (const { child } of floors) await child.stop();
  }
}

/**
 * @param {string} script
 * @param {object} told
 */
async function startFloor(script, told) {
  const child = startChild(script, [], { core: SERVER_CORE });
  child.send(JSON.stringify(told));
  return { child, pid: child.pid, url: `http://127.0.0.1:${await child.line()}` };
}

/** The flags' numbers in the order of the answer. @param {{ body: string }} answer */
function flagsIn({ body }) {
  const parsed = JSON.parse(Buffer.from(body, 'base64').toString());
  const bulk = parsed.flags !== undefined;
  /** @type {{ key: string }[]} */
  const answers = bulk ? parsed.flags : [parsed];
  return { bulk, flags: answers.map(({ key }) => Number(key.slice(flagKey(0).length - 1))) };
}

/**
 * A floor that does not answer the product's bytes would be none.
 *
 * @param {string} url
 * @param {string} productUrl
 * @param {import('./asked.mjs').Asked} asked
 */
async function requireSame(url, productUrl, asked) {
  const [answer, wanted] = await Promise.all([exchange(url, asked), exchange(productUrl, asked)]);
  if (answer.status !== wanted.status || answer.body !== wanted.body)
    throw new Error(`The floor answers ${answer.status} and not what the product answers to ${asked.path}.`);
}

/**
 * @param {string} name
 * @param {number} goal
 * @param {readonly (readonly Turn[])[]} rounds The product's turn, the bare server's and, if there is one, the evaluating one's.
 */
function figuresOf(name, goal, rounds) {
  /** @type {(of: (turn: Turn) => number, at: number) => number[]} */
  const all = (of, at) => rounds.flatMap((round) => (round[at] === undefined ? [] : [of(round[at])]));
  /** @type {(of: (turn: Turn) => number, at: number) => number} */
  const middle = (of, at) => rounded(median(all(of, at)));
  /** @type {(title: string, at: number, goal?: number) => import('../../tools/bench.mjs').Figure} */
  const share = (title, at, wanted) => {
    const ratios = rounds.map((round) => (100 * (round[0]?.rate ?? 0)) / (round[at]?.rate ?? 0));
    const spent = rounds.map((round) => (100 * (round[at]?.processor ?? 0)) / (round[0]?.processor ?? 0));
    return {
      name: `${name}: of ${title} requests a second`,
      value: rounded(median(ratios)),
      unit: '%',
      ...(wanted === undefined ? {} : { floor: wanted }),
      peers: {
        worst: rounded(Math.min(...ratios)),
        best: rounded(Math.max(...ratios)),
        byProcessorTime: rounded(median(spent)),
      },
    };
  };
  const evaluates = rounds[0]?.[2] !== undefined;
  /** @type {(of: (turn: Turn) => number) => Record<string, number>} */
  const bares = (of) => ({ bare: middle(of, 1), ...(evaluates ? { evaluating: middle(of, 2) } : {}) });
  return [
    share("the bare server's", 1, evaluates ? undefined : goal),
    ...(evaluates ? [share("an evaluating bare server's", 2, goal)] : []),
    {
      name: `${name}: requests a second`,
      value: middle(({ rate }) => rate, 0),
      unit: '1/s',
      peers: bares(({ rate }) => rate),
    },
    {
      name: `${name}: p99`,
      value: middle(({ p99 }) => p99, 0),
      unit: 'ms',
      peers: bares(({ p99 }) => p99),
    },
  ];
}
