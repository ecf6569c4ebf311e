// @ts-check
/** From the writer's answer until a change is at an edge's door, and until an SDK has announced it. */
import { createDatabase, startPostgresServer } from '@flaghoist/testkit/postgres';
import { progress } from '../measure/progress.mjs';
import { quantile, rounded } from '../measure/statistics.mjs';
import { withFolder } from '../process/at-end.mjs';
import { startBareSubject } from '../propagation/bare-subject.mjs';
import { startProductSubject } from '../propagation/product-subject.mjs';
import { measureRounds } from '../propagation/rounds.mjs';

/**
 * @typedef {import('../propagation/rounds.mjs').Moments} Moments
 * @typedef {import('../propagation/rounds.mjs').Subject} Subject
 * @typedef {{ door: { p50?: number; p99?: number }; seen: { p50?: number; p99?: number } }} Goals Milliseconds.
 */

const CHAIN = 3;
const WHOLE = { warmup: 20, rounds: 300, turn: 20 };
const QUICK = { warmup: 10, rounds: 60, turn: 20 };

/** @param {{ quick: boolean }} options */
export async function measureLatency({ quick }) {
  const counts = quick ? QUICK : WHOLE;
  return [
    ...(await withFolder((folder) => overPostgres(folder, counts))),
    ...(await withFolder((folder) =>
      compare(
        'embedded database, one process',
        { door: { p50: 10 }, seen: { p99: 75 } },
        () => startProductSubject({ folder }),
        () => startBareSubject('embedded', `${folder}/bare`),
        counts,
      ),
    )),
  ];
}

/**
 * @param {string} folder
 * @param {typeof WHOLE} counts
 */
async function overPostgres(folder, counts) {
  const postgres = await startPostgresServer();
  try {
    const own = await createDatabase(postgres.url);
    const bare = await createDatabase(postgres.url);
    const chained = await createDatabase(postgres.url);
    const bareAgain = await createDatabase(postgres.url);
    return [
      ...(await compare(
        'PostgreSQL, an edge apart',
        { door: { p50: 5, p99: 50 }, seen: { p99: 75 } },
        () => startProductSubject({ folder: `${folder}/apart`, databaseUrl: own.url, edges: 1 }),
        () => startBareSubject('postgres', bare.url),
        counts,
      )),
      ...(await compare(
        `PostgreSQL, ${CHAIN} edges one behind the other`,
        { door: { p99: 150 }, seen: {} },
        () => startProductSubject({ folder: `${folder}/chained`, databaseUrl: chained.url, chain: CHAIN }),
        () => startBareSubject('postgres', bareAgain.url),
        counts,
      )),
    ];
  } finally {
    await postgres.stop();
  }
}

/**
 * @param {string} title
 * @param {Goals} goals
 * @param {() => Promise<Subject>} startProduct
 * @param {() => Promise<Subject>} startBare
 * @param {typeof WHOLE} counts
 */
async function compare(title, goals, startProduct, startBare, counts) {
  const product = await startProduct();
  try {
    const bare = await startBare();
    try {
      progress(`${title}: ${counts.rounds} changes of each, in turns of ${counts.turn}`);
      const measured = await measureRounds([product, bare], counts);
      return figuresOf(title, goals, measured.get(product) ?? [], measured.get(bare) ?? []);
    } finally {
      await bare.stop();
    }
  } finally {
    await product.stop();
  }
}

/**
 * @param {string} title
 * @param {Goals} goals
 * @param {readonly Moments[]} product
 * @param {readonly Moments[]} bare
 */
function figuresOf(title, goals, product, bare) {
  /** @type {(name: string, of: (moments: Moments) => number, goal: { p50?: number; p99?: number }) => import('../../tools/bench.mjs').Figure[]} */
  const pair = (name, of, goal) =>
    /** @type {const} */ ([
      ['p50', 0.5],
      ['p99', 0.99],
    ]).map(([quantileName, share]) => ({
      name: `${title}: commit answered to ${name}, ${quantileName}`,
      value: rounded(quantile(product.map(of), share)),
      unit: 'ms',
      ...(goal[quantileName] === undefined ? {} : { floor: goal[quantileName] }),
      peers: { bare: rounded(quantile(bare.map(of), share)) },
    }));
  return [
    ...pair("the edge's door", ({ answeredAt, atDoorAt }) => atDoorAt - answeredAt, goals.door),
    ...pair('the SDK has announced it', ({ answeredAt, seenAt }) => seenAt - answeredAt, goals.seen),
  ];
}
