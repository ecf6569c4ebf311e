// @ts-check
/** What it costs to have flags: memory, preparing them, changing one. */
import { progress } from '../measure/progress.mjs';
import { rounded } from '../measure/statistics.mjs';
import { measureAllocation, measureHeap, measureParsing, measurePreparation } from './processes.mjs';
import { PEERS } from './subject.mjs';
import { KINDS } from './work.mjs';

const FLAGS = 1_000;
const MORE_FLAGS = 3_000;
const MANY = 10_000;
const GOALS = { heapKb: 1_000, prepareMs: 150, patchMs: 0.2, allocatedBytes: 0 };

/** @param {{ quick: boolean; rounds: number }} options */
export async function measureCosts({ quick, rounds }) {
  return [...(await allocationFigures()), ...(await preparationFigures(rounds)), await heapFigure(quick)];
}

async function allocationFigures() {
  progress('bytes allocated');
  const mine = await measureAllocation('product', FLAGS);
  const bare = await measureAllocation('bare', FLAGS);
  return KINDS.map(({ type, work }) => ({
    name: `${type} ${work}, allocated by an evaluation`,
    // Below half a byte it is the noise of whatever else the process does in a million evaluations.
    value: Math.round(mine[`${type} ${work}`] ?? Number.NaN),
    unit: 'bytes',
    ...(work === 'static' ? { floor: GOALS.allocatedBytes } : {}),
    peers: { bare: Math.round(bare[`${type} ${work}`] ?? Number.NaN) },
  }));
}

/** @param {number} rounds */
async function preparationFigures(rounds) {
  /** @type {import('./processes.mjs').Preparation[]} */
  const mine = [];
  /** @type {import('./processes.mjs').Parsing[]} */
  const parsing = [];
  for (let i = 1; i <= rounds; i++) {
    progress(`preparing ${MANY} flags, process ${i} of ${rounds}`);
    mine.push(await measurePreparation(MANY));
    parsing.push(await measureParsing(MANY));
  }
  /** @template T @param {readonly T[]} list @param {(one: T) => number} of */
  const best = (list, of) => rounded(Math.min(...list.map(of)));
  const parse = best(parsing, ({ patch }) => patch);
  return [
    {
      name: `preparing ${MANY} flags in a fresh process`,
      value: best(mine, ({ cold }) => cold),
      unit: 'ms',
      floor: GOALS.prepareMs,
      peers: { parse: best(parsing, ({ cold }) => cold), worst: rounded(Math.max(...mine.map(({ cold }) => cold))) },
    },
    {
      name: `the same, and evaluating each once`,
      value: best(mine, ({ cold, firstUse }) => cold + firstUse),
      unit: 'ms',
    },
    {
      name: `preparing ${MANY} flags again`,
      value: best(mine, ({ warm }) => warm),
      unit: 'ms',
      peers: { parse: best(parsing, ({ warm }) => warm) },
    },
    {
      name: `changing one of ${MANY} flags, median`,
      value: best(mine, ({ patch }) => patch),
      unit: 'ms',
      floor: GOALS.patchMs,
      peers: { parse },
    },
    {
      name: `changing one of ${MANY} flags, 99th percentile`,
      value: best(mine, ({ patchLate }) => patchLate),
      unit: 'ms',
    },
    {
      name: `changing one of ${MANY} flags and evaluating it, median`,
      value: best(mine, ({ patchUsed }) => patchUsed),
      unit: 'ms',
      floor: GOALS.patchMs,
      peers: { parse },
    },
  ];
}

/** @param {boolean} quick */
async function heapFigure(quick) {
  progress('memory');
  /** @param {string} subject */
  const perThousand = async (subject) => {
    const more = await measureHeap(subject, MORE_FLAGS);
    const some = await measureHeap(subject, FLAGS);
    const thousands = (MORE_FLAGS - FLAGS) / 1_000;
    return {
      used: rounded((more.used - some.used) / thousands),
      loaded: rounded((more.loaded - some.loaded) / thousands),
    };
  };
  /** @type {Record<string, number>} */
  const peers = {};
  for (const subject of ['bare', ...(quick ? [] : PEERS)]) peers[subject] = (await perThousand(subject)).used;
  const { used, loaded } = await perThousand('product');
  return {
    name: 'heap of 1,000 flags, each evaluated once',
    value: used,
    unit: 'KB',
    floor: GOALS.heapKb,
    peers: { ...peers, neverEvaluated: loaded },
  };
}
