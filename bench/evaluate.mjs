// @ts-check
import { fileURLToPath } from 'node:url';
import { FLAG_KINDS } from './environment/flags.mjs';
import { FLAGS, requireSameAnswers } from './evaluate/evaluators.mjs';
import { progress } from './measure/progress.mjs';
import { rounded } from './measure/statistics.mjs';
import { startChild } from './process/child.mjs';

const PROCESSES = 4;
const TIMER = fileURLToPath(new URL('./evaluate/timer.mjs', import.meta.url));
/** How many times the hand-written function's time is allowed. */
const GOALS = { static: 3, rules: 4, split: 2 };
const TITLES = { static: 'no rules', rules: 'three rules, the third matches', split: '50-50 split' };

/** @typedef {Record<'static' | 'rules' | 'split', number>} Times Nanoseconds. */

export default {
  describe: `nanoseconds of an evaluation among ${FLAGS.toLocaleString('en')} flags, beside the same rules written by hand`,
  async run() {
    requireSameAnswers();
    /** @type {{ product: Times[]; bare: Times[] }} */
    const times = { product: [], bare: [] };
    for (let i = 1; i <= PROCESSES; i++) {
      progress(`process ${i} of ${PROCESSES} of each, in turns`);
      times.bare.push(await timeIn('bare'));
      times.product.push(await timeIn('product'));
    }
    return FLAG_KINDS.flatMap((kind) => figuresOf(kind, times));
  },
};

/**
 * @param {'product' | 'bare'} name
 * @returns {Promise<Times>}
 */
async function timeIn(name) {
  const child = startChild(TIMER, [name]);
  try {
    return JSON.parse(await child.line());
  } finally {
    await child.stop();
  }
}

/**
 * Other work only ever adds, so the best process is the one to compare.
 *
 * @param {keyof Times} kind
 * @param {{ product: readonly Times[]; bare: readonly Times[] }} times
 */
function figuresOf(kind, times) {
  const mine = times.product.map((one) => one[kind]);
  const bare = times.bare.map((one) => one[kind]);
  const best = Math.min(...mine);
  const bestBare = Math.min(...bare);
  const peers = { bare: rounded(bestBare), worst: rounded(Math.max(...mine)), bareWorst: rounded(Math.max(...bare)) };
  return [
    { name: `${TITLES[kind]}, best process`, value: rounded(best), unit: 'ns', peers },
    {
      name: `${TITLES[kind]}, times the hand-written one`,
      value: rounded(best / bestBare),
      unit: 'x',
      floor: GOALS[kind],
    },
  ];
}
