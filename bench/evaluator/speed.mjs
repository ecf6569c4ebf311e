// @ts-check
/** How long an evaluation takes: beside the floor, beside the peers, and through OpenFeature. */
import { progress } from '../measure/progress.mjs';
import { rounded } from '../measure/statistics.mjs';
import { timeLists, timeSizes, timeSubject } from './processes.mjs';
import { PEERS } from './subject.mjs';
import { KINDS, WORKS } from './work.mjs';

const OURS = ['bare', 'product'];
const OPENFEATURE = ['inMemoryProvider', 'provider', 'providerDirect'];
const FLAGS = 1_000;
const FEW = 10;
const MANY = 10_000;
const GOALS = {
  overFloor: { static: 2, rules: 3, rollout: 1.5 },
  overFastestPeer: { static: 3, rules: 7, rollout: 3.5 },
  overInMemoryProvider: 1.1,
  overFewFlags: 1.3,
  overShortList: 1.3,
};
const TITLES = { static: 'no rules', rules: 'three rules, the third matches', rollout: '50-50 rollout' };

/**
 * @typedef {import('./processes.mjs').Times} Times
 * @typedef {import('./work.mjs').Kind} Kind
 * @typedef {'product' | 'bare'} Who
 */

/** @param {{ quick: boolean; rounds: number }} options `rounds`: processes of each peer; the product and its floor get two. */
export async function measureSpeed({ quick, rounds }) {
  const peers = quick ? [] : PEERS;
  const half = peers.length / 2;
  const times = await inTurns([...OURS, ...peers.slice(0, half), ...OURS, ...peers.slice(half)], rounds);
  return [
    ...KINDS.flatMap((kind) => kindFigures(kind, times)),
    ...(quick ? [] : openFeatureFigures(await inTurns(OPENFEATURE, rounds))),
    ...(await sizeFigures(rounds)),
    ...(await listFigures(rounds)),
  ];
}

/**
 * A process for each of them, again and again. Other work only ever adds, so the best process is the one to compare.
 *
 * @param {readonly string[]} round
 * @param {number} rounds
 */
async function inTurns(round, rounds) {
  /** @type {Map<string, Times[]>} */
  const times = new Map(round.map((subject) => [subject, []]));
  for (let i = 1; i <= rounds; i++)
    for (const subject of round) {
      progress(`${subject}, round ${i} of ${rounds}`);
      const list = times.get(subject) ?? [];
      list.push(await timeSubject(subject, FLAGS, list.length));
    }
  /** @param {string} subject @param {string} kind */
  const of = (subject, kind) => (times.get(subject) ?? []).map((one) => one[kind] ?? Number.NaN);
  return {
    /** @param {string} subject @param {string} kind */
    best: (subject, kind) => Math.min(...of(subject, kind)),
    /** @param {string} subject @param {string} kind */
    worst: (subject, kind) => Math.max(...of(subject, kind)),
    subjects: [...times.keys()],
  };
}

/**
 * @param {Kind} kind
 * @param {Awaited<ReturnType<typeof inTurns>>} times
 */
function kindFigures({ type, work }, { best, worst, subjects }) {
  const kind = `${type} ${work}`;
  const name = `${type}, ${TITLES[work]}`;
  const mine = best('product', kind);
  const others = subjects.filter((subject) => subject !== 'product');
  const peers = {
    ...Object.fromEntries(others.map((subject) => [subject, rounded(best(subject, kind))])),
    worst: rounded(worst('product', kind)),
    bareWorst: rounded(worst('bare', kind)),
  };
  const figures = [
    { name, value: rounded(mine), unit: 'ns', peers },
    {
      name: `${name}, times the floor`,
      value: rounded(mine / best('bare', kind)),
      unit: 'x',
      floor: GOALS.overFloor[work],
    },
  ];
  const [fastest] = others.filter((one) => one !== 'bare').sort((a, b) => best(a, kind) - best(b, kind));
  if (fastest === undefined) return figures;
  const faster = {
    name: `${name}, times as fast as the fastest peer`,
    value: rounded(best(fastest, kind) / mine),
    unit: 'x',
    floor: GOALS.overFastestPeer[work],
    peers: { fastest },
  };
  return [...figures, faster];
}

/** @param {Awaited<ReturnType<typeof inTurns>>} times */
function openFeatureFigures({ best }) {
  const kinds = KINDS.map(({ type, work }) => `${type} ${work}`);
  /** The mean of all kinds. @param {string} subject */
  const mean = (subject) => kinds.reduce((sum, kind) => sum + best(subject, kind), 0) / kinds.length;
  const worst = Math.max(...kinds.map((kind) => best('provider', kind) / best('inMemoryProvider', kind)));
  return [
    {
      name: 'through OpenFeature, mean of all kinds',
      value: rounded(mean('provider')),
      unit: 'ns',
      peers: { inMemoryProvider: rounded(mean('inMemoryProvider')) },
    },
    {
      name: 'through OpenFeature, times its InMemoryProvider',
      value: rounded(mean('provider') / mean('inMemoryProvider')),
      unit: 'x',
      floor: GOALS.overInMemoryProvider,
      peers: { worstKind: rounded(worst) },
    },
    {
      name: "the provider's own evaluate, mean of all kinds",
      value: rounded(mean('providerDirect')),
      unit: 'ns',
      peers: Object.fromEntries(kinds.map((kind) => [kind, rounded(best('providerDirect', kind))])),
    },
  ];
}

/** @param {number} rounds */
async function sizeFigures(rounds) {
  const times = await bothInTurns(`${MANY} flags beside ${FEW}`, rounds, (who) => timeSizes(who, FEW, MANY));
  return WORKS.flatMap((work) => {
    /** @param {Who} who @param {keyof import('./processes.mjs').Sizes} size */
    const best = (who, size) => Math.min(...times[who].map((one) => one[work][size]));
    /** @param {'many' | 'all'} size */
    const growth = (size) => ({
      value: rounded(best('product', size) / best('product', 'few')),
      unit: 'x',
      peers: { bare: rounded(best('bare', size) / best('bare', 'few')) },
    });
    const name = `boolean, ${TITLES[work]}`;
    return [
      { name: `${name}: ten of ${MANY} flags, times ten of ten`, ...growth('many'), floor: GOALS.overFewFlags },
      { name: `${name}: all of ${MANY} flags, times ten of ten`, ...growth('all') },
    ];
  });
}

/** @param {number} rounds */
async function listFigures(rounds) {
  const times = await bothInTurns('a list of 100,000 values beside one of 10', rounds, timeLists);
  /** @param {Who} who @param {keyof import('./processes.mjs').Lists} list */
  const best = (who, list) => Math.min(...times[who].map((one) => one[list]));
  /** @param {'long' | 'spread'} list */
  const growth = (list) => ({
    value: rounded(best('product', list) / best('product', 'short')),
    unit: 'x',
    peers: {
      bare: rounded(best('bare', list) / best('bare', 'short')),
      ns: rounded(best('product', list)),
      bareNs: rounded(best('bare', list)),
    },
  });
  return [
    { name: 'a list of 100,000 values, times one of 10, same users', ...growth('long'), floor: GOALS.overShortList },
    { name: 'a list of 100,000 values, users from all over it, times one of 10', ...growth('spread') },
  ];
}

/**
 * @template T
 * @param {string} what
 * @param {number} rounds
 * @param {(who: Who) => Promise<T>} time
 */
async function bothInTurns(what, rounds, time) {
  /** @type {Record<Who, T[]>} */
  const times = { bare: [], product: [] };
  for (let i = 1; i <= rounds; i++) {
    progress(`${what}, process ${i} of ${rounds} of each`);
    times.bare.push(await time('bare'));
    times.product.push(await time('product'));
  }
  return times;
}
