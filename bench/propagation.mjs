// @ts-check
import { createDatabase, startPostgresServer } from '@flaghoist/testkit/postgres';
import { progress } from './measure/progress.mjs';
import { quantile, rounded } from './measure/statistics.mjs';
import { withFolder } from './process/at-end.mjs';
import { startBareSubject } from './propagation/bare-subject.mjs';
import { startProductSubject } from './propagation/product-subject.mjs';
import { measureRounds } from './propagation/rounds.mjs';

/** @typedef {import('./propagation/rounds.mjs').Moments} Moments */

const COUNTS = { warmup: 20, rounds: 200, turn: 20 };
/** Milliseconds from the writer's 2xx until the provider answers by the new revision. */
const GOALS = { p50: 20, p99: 150 };

export default {
  describe: 'from the commit of a one-flag change until a provider evaluates by it, over both databases',
  run: async () => [...(await withFolder(overEmbedded)), ...(await withFolder(overPostgres))],
};

/** @param {string} folder */
async function overEmbedded(folder) {
  progress('embedded database: starting the server and the bare floor');
  return compare(
    'embedded',
    () => startProductSubject({ folder }),
    () => startBareSubject('embedded', `${folder}/bare`),
  );
}

/** @param {string} folder */
async function overPostgres(folder) {
  progress('PostgreSQL: starting it, the server and the bare floor');
  const postgres = await startPostgresServer();
  try {
    const own = await createDatabase(postgres.url);
    const bare = await createDatabase(postgres.url);
    return await compare(
      'postgres',
      () => startProductSubject({ folder, databaseUrl: own.url }),
      () => startBareSubject('postgres', bare.url),
    );
  } finally {
    await postgres.stop();
  }
}

/**
 * @param {string} database
 * @param {() => Promise<import('./propagation/rounds.mjs').Subject>} startProduct
 * @param {() => Promise<import('./propagation/rounds.mjs').Subject>} startBare
 */
async function compare(database, startProduct, startBare) {
  const product = await startProduct();
  try {
    const bare = await startBare();
    try {
      progress(`${database}: ${COUNTS.rounds} changes of each, in turns of ${COUNTS.turn}`);
      const measured = await measureRounds([product, bare], COUNTS);
      return figuresOf(database, measured.get(product) ?? [], measured.get(bare) ?? []);
    } finally {
      await bare.stop();
    }
  } finally {
    await product.stop();
  }
}

/**
 * @param {string} database
 * @param {readonly Moments[]} product
 * @param {readonly Moments[]} bare
 */
function figuresOf(database, product, bare) {
  /** @type {(name: string, of: (moments: Moments) => number, goals?: Partial<typeof GOALS>) => any[]} */
  const pair = (name, of, goals = {}) =>
    /** @type {const} */ ([
      ['p50', 0.5],
      ['p99', 0.99],
    ]).map(([title, share]) => ({
      name: `${database}: ${name}, ${title}`,
      value: rounded(quantile(product.map(of), share)),
      unit: 'ms',
      ...(goals[title] === undefined ? {} : { floor: goals[title] }),
      peers: { bare: rounded(quantile(bare.map(of), share)) },
    }));
  return [
    ...pair('commit answered to seen', ({ answeredAt, seenAt }) => seenAt - answeredAt, GOALS),
    ...pair('request sent to commit answered', ({ sentAt, answeredAt }) => answeredAt - sentAt),
    ...pair('request sent to seen', ({ sentAt, seenAt }) => seenAt - sentAt),
  ];
}
