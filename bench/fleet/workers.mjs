// @ts-check
/** What a second worker of an edge adds, where each is held to the same share of a core. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { askAs, exchange, formatRequest, OFREP, USERS } from '../delivery/asked.mjs';
import { flagKey } from '../delivery/flag-key.mjs';
import { withFleet } from '../delivery/fleet.mjs';
import { progress } from '../measure/progress.mjs';
import { median, rounded } from '../measure/statistics.mjs';
import { withFolder } from '../process/at-end.mjs';
import { startChild } from '../process/child.mjs';
import { holdToShare } from '../process/core-share.mjs';
import { processorTime } from '../process/processor-time.mjs';

const LOAD = fileURLToPath(new URL('../delivery/load.mjs', import.meta.url));
const BARE = fileURLToPath(new URL('./bare-workers.mjs', import.meta.url));
/** All servers share one core, the load has the other. */
const SERVER_CORE = 1;
const LOAD_CORE = 0;
const FLAGS = 50;
/** Of a core, each worker. Two and what hands them connections are less than one core. */
const SHARE = 0.3;
const GOAL = 1.8;
const CONNECTIONS = 64;
const WHOLE = { turns: 15, ms: 1_000, warmupMs: 6_000 };
const QUICK = { turns: 5, ms: 600, warmupMs: 3_000 };

/**
 * @typedef {{ url: string; workers: readonly number[] }} Subject `workers`: the processes that answer.
 * @typedef {{ rate: number; used: number; load: number }} Turn `used`: of a core by all workers; `load`: by the load.
 */

/** @param {{ quick: boolean }} options */
export function measureWorkers({ quick }) {
  const size = quick ? QUICK : WHOLE;
  return withFolder((folder) =>
    withFleet(folder, { flags: FLAGS, edgeCore: SERVER_CORE }, async ({ edge, startEdge, createKey }) => {
      const two = await startEdge({ data: `${folder}/two`, workers: 2 });
      const ask = askAs(await createKey('client'), `${OFREP}/${flagKey(1)}`);
      const answer = await exchange(edge.url, ask(0));
      const floors = [startFloor(1, answer), startFloor(2, answer)];
      const load = startChild(LOAD, [], { core: LOAD_CORE });
      /** @type {(() => void)[]} */
      const releases = [];
      try {
        const subjects = [
          { url: edge.url, workers: [edge.pid] },
          { url: two.url, workers: childrenOf(two.pid) },
          ...(await Promise.all(floors.map(subjectOf))),
        ];
        for (const { workers } of subjects) for (const pid of workers) releases.push(holdToShare(pid, SHARE));
        const requests = USERS.map((user) => formatRequest(ask(user)));
        /** @type {(subject: Subject, ms: number) => Promise<Turn>} */
        const turn = async ({ url, workers }, ms) => {
          const before = timeOf(workers);
          const loadBefore = timeOf([load.pid]);
          load.send(JSON.stringify({ port: Number(new URL(url).port), requests, connections: CONNECTIONS, ms }));
          const { answers, ms: took, statuses } = JSON.parse(await load.line());
          if (statuses.join() !== '200') throw new Error(`Answered ${statuses}, not 200.`);
          return {
            rate: (answers * 1_000) / took,
            used: (timeOf(workers) - before) / took,
            load: (timeOf([load.pid]) - loadBefore) / took,
          };
        };
        progress(`${size.turns} turns of ${size.ms} ms each`);
        for (const subject of subjects) await turn(subject, size.warmupMs);
        /** @type {Turn[][]} */
        const rounds = [];
        for (let i = 0; i < size.turns; i++) {
          /** @type {Turn[]} */
          const round = [];
          // Another one begins each time, so that what slows the machine down or lets it go favours none.
          for (let at = 0; at < subjects.length; at++) {
            const which = (i + at) % subjects.length;
            const subject = subjects[which];
            if (subject !== undefined) round[which] = await turn(subject, size.ms);
          }
          rounds.push(round);
        }
        return figuresOf(rounds);
      } finally {
        for (const release of releases) release();
        await Promise.all([load, ...floors].map((child) => child.stop()));
      }
    }),
  );
}

/**
 * @param {number} workers
 * @param {object} answer
 */
function startFloor(workers, answer) {
  const child = startChild(BARE, [String(workers)], { core: SERVER_CORE });
  child.send(JSON.stringify(answer));
  return child;
}

/** @param {import('../process/child.mjs').Child} child @returns {Promise<Subject>} */
async function subjectOf(child) {
  return { url: `http://127.0.0.1:${await child.line()}`, workers: childrenOf(child.pid) };
}

/** @param {number} pid */
function childrenOf(pid) {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
}

/** Milliseconds of processor time. @param {readonly number[]} pids */
function timeOf(pids) {
  return pids.reduce((sum, pid) => sum + (processorTime(pid) ?? 0), 0);
}

/** @param {readonly (readonly Turn[])[]} rounds One edge worker, two, one bare process, two. */
function figuresOf(rounds) {
  /** @type {(at: number, of: (turn: Turn) => number) => number} */
  const middle = (at, of) =>
    rounded(median(rounds.flatMap((round) => (round[at] === undefined ? [] : [of(round[at])]))));
  /** @type {(at: number) => number[]} */
  const ratios = (at) => rounds.map((round) => (round[at + 1]?.rate ?? 0) / (round[at]?.rate ?? 0));
  const own = ratios(0);
  const percent = SHARE * 100;
  return [
    {
      name: `two edge workers, each held to ${percent} % of a core: of one such worker's requests a second`,
      value: rounded(median(own)),
      unit: 'times',
      floor: GOAL,
      peers: { worst: rounded(Math.min(...own)), best: rounded(Math.max(...own)), bare: rounded(median(ratios(2))) },
    },
    {
      name: 'one worker: requests a second',
      value: middle(0, ({ rate }) => rate),
      unit: '1/s',
      peers: { bare: middle(2, ({ rate }) => rate) },
    },
    {
      name: 'two workers: requests a second',
      value: middle(1, ({ rate }) => rate),
      unit: '1/s',
      peers: { bare: middle(3, ({ rate }) => rate) },
    },
    {
      name: 'processor time that two workers used of their two shares: less than all says that the machine or the load was the bound',
      value: rounded((100 * middle(1, ({ used }) => used)) / (2 * SHARE)),
      unit: '%',
      peers: {
        one: rounded((100 * middle(0, ({ used }) => used)) / SHARE),
        loadOfItsCore: rounded(100 * Math.max(...[0, 1, 2, 3].map((at) => middle(at, ({ load }) => load)))),
      },
    },
  ];
}
