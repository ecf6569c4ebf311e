// @ts-check
/** Thousands of streams on one edge: how long a change takes to the last of them, who waits meanwhile, and what they hold. */
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { NATIVE_PATHS } from '@flaghoist/protocol/ruleset';
import { progress } from '../measure/progress.mjs';
import { median, quantile, rounded } from '../measure/statistics.mjs';
import { withFolder } from '../process/at-end.mjs';
import { startChild } from '../process/child.mjs';
import { memoryOf, memoryOptions } from '../process/memory.mjs';
import { flagKey } from './flag-key.mjs';
import { flagsPath, withFleet } from './fleet.mjs';

const SCRIPTS = {
  bare: fileURLToPath(new URL('./bare-broadcast.mjs', import.meta.url)),
  receivers: fileURLToPath(new URL('./receivers.mjs', import.meta.url)),
  prober: fileURLToPath(new URL('./prober.mjs', import.meta.url)),
};
const SERVER_CORE = 1;
const OTHERS_CORE = 0;
const WHOLE = { streams: 10_000, rounds: 11 };
const QUICK = { streams: 2_000, rounds: 5 };
const FLAGS = 50;
/** A process may have 20,000 files open, and each of these has streams of both servers. */
const RECEIVERS = 2;
/** An edge admits 500 streams a second. */
const A_SECOND = 440;
const GOALS = { lastMs: 250, memory: 1.3 };
/** Between two rounds, so that none is measured with the end of the one before. */
const PAUSE_MS = 400;

/**
 * @typedef {import('../process/child.mjs').Child} Child
 *
 * @typedef {object} Subject
 * @property {string} name
 * @property {number} port
 * @property {string} stream The request that opens a stream.
 * @property {string} question A request that is answered beside the streams.
 * @property {() => Promise<bigint>} change Resolves with the moment from which the change counts.
 *
 * @typedef {{ first: number; p50: number; last: number; asked: number[] }} Round Milliseconds.
 */

/** @param {{ quick: boolean }} options */
export function measureStreams({ quick }) {
  const size = quick ? QUICK : WHOLE;
  return withFolder(async (folder) => {
    const files = { product: `${folder}/memory`, bare: `${folder}/memory-bare` };
    const own = memoryOptions(files.product);
    return withFleet(folder, { flags: FLAGS, edgeCore: SERVER_CORE, ...own }, async (fleet) => {
      const { env, nodeOptions } = memoryOptions(files.bare);
      const bare = startChild(SCRIPTS.bare, [], { core: SERVER_CORE, env: { ...process.env, ...env }, nodeOptions });
      const receivers = Array.from({ length: RECEIVERS }, () =>
        startChild(SCRIPTS.receivers, [], { core: OTHERS_CORE }),
      );
      const prober = startChild(SCRIPTS.prober, [], { core: OTHERS_CORE });
      try {
        const subjects = [
          await productSubject(fleet),
          bareSubject(Number(await bare.line()), await sampleEvent(fleet)),
        ];
        const memory = [() => memoryOf(fleet.edge.pid, files.product), () => memoryOf(bare.pid, files.bare)];
        const held = await openStreams(subjects, receivers, memory, size.streams);
        const rounds = await measureRounds(subjects, receivers, prober, size.rounds);
        return figuresOf(size.streams, rounds, held);
      } finally {
        for (const child of [prober, ...receivers, bare]) await child.stop();
      }
    });
  });
}

/**
 * Bytes that each stream holds: of each subject in turn.
 *
 * @param {readonly Subject[]} subjects
 * @param {readonly Child[]} receivers
 * @param {readonly (() => Promise<{ rss: number; heap: number }>)[]} memory
 * @param {number} streams
 */
async function openStreams(subjects, receivers, memory, streams) {
  const count = streams / receivers.length;
  const held = [];
  for (const [i, subject] of subjects.entries()) {
    progress(`opening ${streams} streams: ${subject.name}`);
    const ask = memory[i];
    if (ask === undefined) throw new Error('There is no memory of it.');
    const before = await ask();
    const { name, port, stream } = subject;
    const open = { name, port, request: stream, count, aSecond: A_SECOND / receivers.length };
    for (const receiver of receivers) receiver.send(JSON.stringify({ open }));
    // Patiently: a machine with other work opens them more slowly.
    for (const receiver of receivers) await receiver.line();
    await sleep(1_000);
    const after = await ask();
    held.push({ rss: (after.rss - before.rss) / streams, heap: (after.heap - before.heap) / streams });
  }
  return held;
}

/**
 * @param {readonly Subject[]} subjects
 * @param {readonly Child[]} receivers
 * @param {Child} prober
 * @param {number} count
 */
async function measureRounds(subjects, receivers, prober, count) {
  progress(`${count} changes to each, in turns`);
  /** @type {Round[][]} */
  const rounds = subjects.map(() => []);
  for (let i = -1; i < count; i++)
    for (const [at, subject] of subjects.entries()) {
      const round = await measureRound(subject, receivers, prober);
      // The first change is slower everywhere: nothing was compiled yet.
      if (i >= 0) rounds[at]?.push(round);
    }
  return rounds;
}

/**
 * @param {Subject} subject
 * @param {readonly Child[]} receivers
 * @param {Child} prober
 * @returns {Promise<Round>}
 */
async function measureRound({ name, port, question, change }, receivers, prober) {
  for (const receiver of receivers) receiver.send(JSON.stringify({ hear: name }));
  for (const receiver of receivers) await receiver.line();
  prober.send(JSON.stringify({ port, request: question }));
  await prober.line();
  await sleep(20);
  const from = await change();
  const heard = [];
  for (const receiver of receivers) heard.push(JSON.parse(await receiver.line()));
  prober.send(JSON.stringify({ stop: true }));
  const asked = JSON.parse(await prober.line());
  await sleep(PAUSE_MS);
  const since = (/** @type {string} */ moment) => Number(BigInt(moment) - from) / 1e6;
  return {
    first: Math.min(...heard.map(({ first }) => since(first))),
    p50: median(heard.map(({ p50 }) => since(p50))),
    last: Math.max(...heard.map(({ last }) => since(last))),
    asked,
  };
}

/**
 * A change counts from the moment in which the writer has its answer.
 *
 * @param {import('./fleet.mjs').Fleet} fleet
 * @returns {Promise<Subject>}
 */
async function productSubject({ edge, management, createKey }) {
  const key = await createKey('server');
  const path = `${flagsPath()}/${flagKey(1)}`;
  let { etag } = await management.get(path);
  let enabled = true;
  const authorization = `host: x\r\nauthorization: Bearer ${key}\r\n`;
  const body = '{"context":{"targetingKey":"somebody"}}';
  return {
    name: 'product',
    port: Number(new URL(edge.url).port),
    stream: `GET ${NATIVE_PATHS.stream} HTTP/1.1\r\n${authorization}\r\n`,
    question: `POST /ofrep/v1/evaluate/flags/${flagKey(2)} HTTP/1.1\r\n${authorization}content-length: ${body.length}\r\n\r\n${body}`,
    async change() {
      enabled = !enabled;
      ({ etag } = await management.patch(path, { enabled }, etag));
      return process.hrtime.bigint();
    },
  };
}

/**
 * A change counts from the moment in which it is sent.
 *
 * @param {number} port
 * @param {string} event
 * @returns {Subject}
 */
function bareSubject(port, event) {
  return {
    name: 'bare',
    port,
    stream: 'GET /stream HTTP/1.1\r\nhost: x\r\n\r\n',
    question: 'GET / HTTP/1.1\r\nhost: x\r\n\r\n',
    change() {
      const from = process.hrtime.bigint();
      return new Promise((resolve, reject) => {
        const outgoing = request({ port, host: '127.0.0.1', method: 'POST', agent: false }, (answer) => {
          answer.resume();
          resolve(from);
        });
        outgoing.on('error', reject);
        outgoing.end(event);
      });
    },
  };
}

/**
 * An event of about the size that a change of one flag has.
 *
 * @param {import('./fleet.mjs').Fleet} fleet
 */
async function sampleEvent({ management }) {
  const { body } = await management.get(`${flagsPath()}/${flagKey(1)}`);
  return `event: patch\nid: 1.1\ndata: ${'h'.repeat(300)}\ndata: ${JSON.stringify(body)}\n\n`;
}

/**
 * @param {number} streams
 * @param {readonly Round[][]} rounds Of the product and of the bare server.
 * @param {readonly { rss: number; heap: number }[]} held
 */
function figuresOf(streams, [product = [], bare = []], [own, floor]) {
  const title = `${streams.toLocaleString('en')} streams`;
  /** @type {(name: string, of: (rounds: readonly Round[]) => number, goal?: number) => import('../../tools/bench.mjs').Figure} */
  const figure = (name, of, goal) => ({
    name: `${title}: ${name}`,
    value: rounded(of(product)),
    unit: 'ms',
    ...(goal === undefined ? {} : { floor: goal }),
    peers: { bare: rounded(of(bare)) },
  });
  /** @type {(of: (round: Round) => number) => (rounds: readonly Round[]) => number} */
  const middle = (of) => (all) => median(all.map(of));
  /** @type {(share: number) => (rounds: readonly Round[]) => number} */
  const asked = (share) => (all) =>
    quantile(
      all.flatMap((round) => round.asked),
      share,
    );
  if (own === undefined || floor === undefined) throw new Error('Nothing was held.');
  return [
    figure(
      'change answered to its first receiver, median',
      middle(({ first }) => first),
    ),
    figure(
      'change answered to half of the receivers, median',
      middle(({ p50 }) => p50),
    ),
    figure(
      'change answered to its last receiver, median',
      middle(({ last }) => last),
      GOALS.lastMs,
    ),
    figure('change answered to its last receiver, worst', (all) => Math.max(...all.map(({ last }) => last))),
    figure('an evaluation while a change goes out, p50', asked(0.5)),
    figure('an evaluation while a change goes out, p99', asked(0.99)),
    figure('an evaluation while a change goes out, worst', asked(1)),
    {
      name: `${title}: resident memory of an idle one, of the bare server's`,
      value: rounded(own.rss / floor.rss),
      unit: 'times',
      floor: GOALS.memory,
      peers: {
        bytes: Math.round(own.rss),
        bare: Math.round(floor.rss),
        heap: Math.round(own.heap),
        bareHeap: Math.round(floor.heap),
      },
    },
  ];
}
