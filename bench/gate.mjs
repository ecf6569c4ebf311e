// @ts-check
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRegexEngine } from '@flaghoist/client/regex';
import { Gate, Line } from '@flaghoist/server/gate';
import { createFlag, keyOf } from './environment/flags.mjs';
import { flagLine } from './environment/history.mjs';
import { progress } from './measure/progress.mjs';
import { median, rounded } from './measure/statistics.mjs';

const FLAGS = 10_000;
const ROUNDS = 5;
const CHANGES = 100;
const GOAL_MS = 50;
const ENVIRONMENT = 'bench';

/** @typedef {(proposal: import('@flaghoist/server/gate').Proposal) => Promise<void>} Publish */

export default {
  describe: `how long judging what is published holds the event loop up, in an environment of ${FLAGS.toLocaleString('en')} flags`,
  run: measure,
};

async function measure() {
  const first = Array.from({ length: FLAGS }, (_, number) => versionOf(number, 1));
  progress(`${ROUNDS} times ${FLAGS} flags and ${CHANGES} changes, in the worker`);
  const inWorker = await measureRounds(first, startInWorker);
  progress('the same on the thread that answers requests');
  const onThread = await measureRounds(first, startHere);
  return [
    figure('event loop late while all flags are published at first', inWorker.first, onThread.first, GOAL_MS),
    figure('event loop late while one flag is published, worst', inWorker.next, onThread.next, GOAL_MS),
    figure('time to judge all flags', inWorker.firstTook, onThread.firstTook),
    figure('time to judge one flag, median', inWorker.nextTook, onThread.nextTook),
  ];
}

/**
 * @param {ReturnType<typeof versionOf>[]} first
 * @param {() => Promise<{ publish: Publish; stop: () => Promise<void> }>} start
 */
async function measureRounds(first, start) {
  /** @type {{ first: number; next: number; firstTook: number; nextTook: number }[]} */
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    const { publish, stop } = await start();
    const all = await lateDuring(() => publish(proposalOf(1, first)));
    /** @type {number[]} */
    const took = [];
    const one = await lateDuring(async () => {
      for (let i = 0; i < CHANGES; i++) {
        const revision = 2 + i;
        const began = performance.now();
        await publish(proposalOf(revision, [versionOf(1 + 3 * i, revision, `At the wish of ${i} people.`)]));
        took.push(performance.now() - began);
        await sleep(2);
      }
    });
    await stop();
    rounds.push({ first: all.lateMs, next: one.lateMs, firstTook: all.tookMs, nextTook: median(took) });
  }
  /** @type {(of: (round: (typeof rounds)[number]) => number) => number} */
  const middle = (of) => rounded(median(rounds.map(of)));
  return {
    first: middle((round) => round.first),
    next: middle((round) => round.next),
    firstTook: middle((round) => round.firstTook),
    nextTook: middle((round) => round.nextTook),
  };
}

async function startInWorker() {
  const gate = new Gate();
  const loaded = await gate.load(ENVIRONMENT, { epoch: 1, revision: 0, hash: '' }, []);
  if (loaded.outcome !== 'loaded') throw new Error(loaded.problem);
  /** @type {Publish} */
  const publish = async (proposal) => {
    const answer = await gate.next(ENVIRONMENT, proposal);
    if (answer.outcome !== 'passed') throw new Error(answer.problem);
  };
  return { publish, stop: () => gate.stop() };
}

async function startHere() {
  const clock = { now: () => performance.now(), onStep: () => undefined };
  const at = { epoch: 1, revision: 0, hash: '' };
  const line = new Line(ENVIRONMENT, at, [], { createRegex: createRegexEngine, clock });
  /** @type {Publish} */
  const publish = async (proposal) => {
    const judgement = line.next(proposal);
    if (!judgement.ok) throw new Error(judgement.problem);
    Buffer.from(judgement.block.text);
  };
  return { publish, stop: async () => undefined };
}

/**
 * The longest that the event loop kept a timer of 1 ms waiting meanwhile, and how long it all took.
 *
 * @param {() => Promise<void>} work
 */
async function lateDuring(work) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await sleep(20);
  delay.reset();
  // What comes right after a reset is not recorded.
  await sleep(5);
  const began = performance.now();
  await work();
  const tookMs = performance.now() - began;
  await sleep(5);
  delay.disable();
  return { lateMs: Math.max(0, delay.max / 1e6 - 1), tookMs };
}

/**
 * @param {number} number
 * @param {number} revision
 * @param {string} [description]
 */
function versionOf(number, revision, description) {
  const { kind, key, json, sha256 } = flagLine(createFlag(number % FLAGS, description));
  if (key !== keyOf(number % FLAGS)) throw new Error('a flag has another key than its number says');
  return { kind, key, revision, json, sha256 };
}

/**
 * @param {number} revision
 * @param {ReturnType<typeof versionOf>[]} entities
 */
function proposalOf(revision, entities) {
  return { epoch: 1, revision, confirmations: [], entities, expected: null };
}

/**
 * @param {string} name
 * @param {number} value
 * @param {number} here
 * @param {number} [floor]
 */
function figure(name, value, here, floor) {
  const peers = { 'without the worker': here };
  return floor === undefined ? { name, value, unit: 'ms', peers } : { name, value, unit: 'ms', floor, peers };
}
