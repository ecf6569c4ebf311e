// @ts-check
/** The processes that measure, and what they answer. */
import { fileURLToPath } from 'node:url';
import { startChild } from '../process/child.mjs';

const TIMER = scriptOf('timer');
const SIZES = scriptOf('size-timer');
const LISTS = scriptOf('list-timer');
const PREPARATION = scriptOf('preparation');
const HEAP = scriptOf('heap');
const ALLOCATION = scriptOf('allocation');
/** MB. A million evaluations that allocate a hundred bytes each fill a fifth of it. */
const YOUNG_GENERATION = 512;

/**
 * @typedef {Record<string, number>} Times Nanoseconds by kind, `boolean static` and so on.
 * @typedef {{ few: number; many: number; all: number }} Sizes Nanoseconds.
 * @typedef {{ short: number; long: number; spread: number }} Lists Nanoseconds.
 * @typedef {{ cold: number; firstUse: number; warm: number; patch: number; patchLate: number; patchUsed: number }} Preparation Milliseconds.
 * @typedef {{ cold: number; warm: number; patch: number; bytes: number }} Parsing Milliseconds.
 */

/** @type {(subject: string, flags: number, first: number) => Promise<Times>} `first`: the number of the kind to begin with. */
export const timeSubject = (subject, flags, first) => answerOf(TIMER, [subject, String(flags), String(first)]);

/** @type {(who: 'product' | 'bare', few: number, many: number) => Promise<Record<import('./work.mjs').Work, Sizes>>} */
export const timeSizes = (who, few, many) => answerOf(SIZES, [who, String(few), String(many)]);

/** @type {(who: 'product' | 'bare') => Promise<Lists>} */
export const timeLists = (who) => answerOf(LISTS, [who]);

/** @type {(flags: number) => Promise<Preparation>} */
export const measurePreparation = (flags) => answerOf(PREPARATION, ['product', String(flags)]);

/** @type {(flags: number) => Promise<Parsing>} */
export const measureParsing = (flags) => answerOf(PREPARATION, ['bare', String(flags)]);

/** @type {(subject: string, flags: number) => Promise<{ loaded: number; used: number }>} Kilobytes. */
export const measureHeap = (subject, flags) => answerOf(HEAP, [subject, String(flags)], ['--expose-gc']);

/** @type {(subject: string, flags: number) => Promise<Record<string, number>>} Bytes by kind. */
export const measureAllocation = (subject, flags) =>
  answerOf(
    ALLOCATION,
    [subject, String(flags)],
    ['--expose-gc', `--min-semi-space-size=${YOUNG_GENERATION}`, `--max-semi-space-size=${YOUNG_GENERATION}`],
  );

/**
 * @param {string} script
 * @param {readonly string[]} args
 * @param {readonly string[]} [nodeOptions]
 */
async function answerOf(script, args, nodeOptions = []) {
  const child = startChild(script, args, { nodeOptions });
  try {
    return JSON.parse(await child.line());
  } finally {
    await child.stop();
  }
}

/** @param {string} name */
function scriptOf(name) {
  return fileURLToPath(new URL(`./${name}.mjs`, import.meta.url));
}
