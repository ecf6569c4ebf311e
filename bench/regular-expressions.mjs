// @ts-check
import { createRegexEngine } from '@flaghoist/client/regex';
import { progress } from './measure/progress.mjs';
import { median, rounded } from './measure/statistics.mjs';

const TURNS = 7;
const GOAL_MS = 50;
const TEXT_LENGTH = 4_096;
const INSTRUCTIONS = 256;

export default {
  describe: 'what the dearest patterns cost that are accepted, and what ordinary ones do',
  run: async () => {
    progress('patterns and texts made for each other');
    const worst = measureWorst();
    progress('ordinary patterns');
    return [...worst, ...measureOrdinary()];
  },
};

/** Nearly as large as is accepted, each expensive in another way, and none with a literal that a text must hold. */
const DEAR = [
  '[ab]*a[ab]{244}[cd]',
  '(?i)[ab]*a[ab]{244}[cd]',
  'a[ab]{0,124}[cd]',
  '(?:a.{63}|b.{63}|.a.{63})[cd]',
  '.*a.{240}\\b[cd]',
  '\\pL{1,80}[!?]',
  '\\pL[\\pL\\pN]{122}[!?]',
  '(?:\\b\\w+\\b|.){42}[!?]',
  '(?i)é+[éa]{243}[!?]',
];
const TOO_LARGE = ['.{1000}'.repeat(73), '\\pL{999}'.repeat(64), '(?:(?:(?:a|b){9}){9}){9}'.repeat(21)];
const DEAR_TO_COMPILE = ['(?i)' + '[B-\\x{1ffff}]'.repeat(8), '\\pL|'.repeat(8), '(?i)' + '[\\pL\\pN]'.repeat(4)];
const ORDINARY = ['^[a-z]+@example\\.com$', '@(example|test)\\.(com|org)$', '^v\\d+\\.\\d+', 'iPhone|iPad|Android'];
const ORDINARY_TEXT = 'ann@example.com and something more';

function measureWorst() {
  const texts = ['a', 'é', 'ab', 'abAB1 ', 'αβγδεζ'].map(scramble);
  const pairs = DEAR.flatMap((pattern) => texts.map((text) => ({ pattern, text })));
  const costs = pairs.map(({ pattern, text }) => {
    const turns = Array.from({ length: TURNS }, () => timeOne(pattern, text));
    return { first: median(turns.map(({ first }) => first)), again: median(turns.map(({ again }) => again)) };
  });
  const refusals = TOO_LARGE.map((pattern) => median(Array.from({ length: TURNS }, () => timeRefusal(pattern))));
  const compiling = DEAR_TO_COMPILE.map((pattern) =>
    median(Array.from({ length: TURNS }, () => timeEach(1, () => createRegexEngine().compile(pattern, false)))),
  );
  const bare = { bare: rounded(median(Array.from({ length: TURNS }, () => timeBare(texts[2] ?? '')))) };
  const at = `on ${TEXT_LENGTH.toLocaleString('en')} characters`;
  return [
    figure(`dearest pattern ${at}, first time`, 'ms', Math.max(...costs.map(({ first }) => first)), GOAL_MS, bare),
    figure(`dearest pattern ${at}, again`, 'ms', Math.max(...costs.map(({ again }) => again)), GOAL_MS, bare),
    figure('to compile a pattern, dearest', 'ms', Math.max(...compiling)),
    figure('to refuse a pattern that is too large, dearest', 'ms', Math.max(...refusals)),
  ];
}

/** @param {string} pattern @param {string} text */
function timeOne(pattern, text) {
  const test = createRegexEngine().compile(pattern, false);
  const began = performance.now();
  if (test(text)) throw new Error(`${pattern} was found where it is not.`);
  const middle = performance.now();
  test(text);
  return { first: middle - began, again: performance.now() - middle };
}

/**
 * The least that tries every instruction on every character: one look into a table.
 *
 * @param {string} text
 */
function timeBare(text) {
  const tables = Array.from({ length: INSTRUCTIONS }, (_, i) => new Uint8Array(128).fill(i & 1));
  let found = 0;
  const began = performance.now();
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    for (const table of tables) found += table[unit] ?? 0;
  }
  const ms = performance.now() - began;
  if (found === 0) throw new Error('Nothing was found.');
  return ms;
}

/** @param {string} pattern */
function timeRefusal(pattern) {
  const began = performance.now();
  try {
    createRegexEngine().compile(pattern, false);
  } catch {
    return performance.now() - began;
  }
  throw new Error(`${pattern} was accepted.`);
}

/** The bare floor is JavaScript's own engine, which is not linear. */
function measureOrdinary() {
  const count = 20_000;
  const tests = ORDINARY.map((pattern) => createRegexEngine().compile(pattern, false));
  const bare = ORDINARY.map((pattern) => new RegExp(pattern, 'u'));
  const ours = median(tests.map((test) => timeEach(count, () => test(ORDINARY_TEXT))));
  const theirs = median(bare.map((one) => timeEach(count, () => one.test(ORDINARY_TEXT))));
  const rounds = 500;
  const engine = createRegexEngine();
  const compile = median(
    ORDINARY.map((pattern) => timeEach(rounds, () => createRegexEngine().compile(pattern, false))),
  );
  const kept = median(ORDINARY.map((pattern) => timeEach(rounds, () => engine.compile(pattern, false))));
  return [
    figure('ordinary pattern on 34 characters', 'ns', ours * 1e6, undefined, { bare: rounded(theirs * 1e6) }),
    figure('to compile an ordinary pattern', 'us', compile * 1e3, undefined, {
      'compiled before': rounded(kept * 1e3),
    }),
  ];
}

/**
 * Milliseconds for one call, after a round to warm up.
 *
 * @param {number} count
 * @param {() => unknown} work
 */
function timeEach(count, work) {
  for (let i = 0; i < count; i++) work();
  const began = performance.now();
  for (let i = 0; i < count; i++) work();
  return (performance.now() - began) / count;
}

/**
 * The same at every run.
 *
 * @param {string} letters
 */
function scramble(letters) {
  const all = Array.from(letters);
  let text = '';
  let state = 1;
  while (text.length < TEXT_LENGTH) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    text += all[Math.floor((state / 2 ** 32) * all.length)];
  }
  return text;
}

/**
 * @param {string} name
 * @param {string} unit
 * @param {number} value
 * @param {number} [floor]
 * @param {Readonly<Record<string, number>>} [peers]
 */
function figure(name, unit, value, floor, peers) {
  return { name, value: rounded(value), unit, ...(floor === undefined ? {} : { floor }), ...(peers && { peers }) };
}
