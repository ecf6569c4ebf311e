// @ts-check
import { fileURLToPath } from 'node:url';
import { createDatabase, startPostgresServer } from '@flaghoist/testkit/postgres';
import { environmentAt, keyAt, makeContent } from './management/content.mjs';
import { progress } from './measure/progress.mjs';
import { quantile, rounded } from './measure/statistics.mjs';
import { withFolder } from './process/at-end.mjs';
import { startChild } from './process/child.mjs';
import { manage, untilPublished } from './product/management.mjs';
import { startServer } from './product/server.mjs';

const WHOLE = { flags: 5_000, environments: 20, rounds: 200 };
const QUICK = { flags: 500, environments: 5, rounds: 50 };
const WARMUP = 20;
const TURN = 10;
const GOAL_MS = 100;
const BARE = fileURLToPath(new URL('./management/bare-server.mjs', import.meta.url));

/**
 * @typedef {import('./product/management.mjs').Management} Management
 *
 * @typedef {object} Question
 * @property {string} name
 * @property {(round: number) => Promise<{ body: any }>} ask
 * @property {(body: any) => boolean} isRight
 */

export default {
  describe: 'what people wait for who manage 5,000 flags in 20 environments on PostgreSQL',
  quick: true,
  run: (/** @type {{ quick: boolean }} */ { quick }) => withFolder((folder) => measure(folder, quick ? QUICK : WHOLE)),
};

/**
 * @param {string} folder
 * @param {typeof WHOLE} size
 */
async function measure(folder, size) {
  progress('starting PostgreSQL, a server on it, and the bare floor');
  const postgres = await startPostgresServer();
  try {
    const { url: databaseUrl } = await createDatabase(postgres.url);
    const server = await startServer({ data: folder, databaseUrl });
    try {
      const bare = startChild(BARE, [databaseUrl]);
      try {
        const management = await manage(server);
        await makeContent(management, size);
        await untilPublished(management);
        const figures = await compare(management, `http://127.0.0.1:${await bare.line()}`, size);
        management.close();
        return figures;
      } finally {
        await bare.stop();
      }
    } finally {
      await server.stop();
    }
  } finally {
    await postgres.stop();
  }
}

/**
 * @param {Management} management
 * @param {string} bareUrl
 * @param {typeof WHOLE} size
 */
async function compare(management, bareUrl, { rounds, ...size }) {
  const figures = [];
  for (const question of questionsOf(management, size)) {
    progress(question.name);
    const bytes = JSON.stringify(await answerOf(question, 0)).length;
    /** @type {{ product: number[]; bare: number[] }} */
    const ms = { product: [], bare: [] };
    for (let round = 1; round <= WARMUP + rounds; round += TURN) {
      const turn = Array.from({ length: TURN }, (_, at) => round + at);
      for (const one of turn) {
        const sentAt = performance.now();
        const { body } = await question.ask(one);
        const answeredAt = performance.now();
        if (!question.isRight(body))
          throw new Error(`${question.name}: this is no answer to it: ${JSON.stringify(body).slice(0, 500)}`);
        if (round > WARMUP) ms.product.push(answeredAt - sentAt);
      }
      for (const _ of turn) {
        const asked = await askBare(`${bareUrl}/${bytes}`);
        if (round > WARMUP) ms.bare.push(asked);
      }
    }
    for (const [share, name] of /** @type {const} */ ([
      [0.5, 'p50'],
      [0.95, 'p95'],
    ]))
      figures.push({
        name: `${question.name}, ${name}`,
        value: rounded(quantile(ms.product, share)),
        unit: 'ms',
        ...(share === 0.95 ? { floor: GOAL_MS } : {}),
        peers: { bare: rounded(quantile(ms.bare, share)), bytes },
      });
  }
  return figures;
}

/** @param {Question} question @param {number} round */
async function answerOf({ ask }, round) {
  return (await ask(round)).body;
}

/** From sending until the whole answer is here and parsed, as for the product. @param {string} url */
async function askBare(url) {
  const sentAt = performance.now();
  const answer = await fetch(url);
  await answer.json();
  return performance.now() - sentAt;
}

/**
 * @param {Management} management
 * @param {{ flags: number; environments: number }} size
 * @returns {readonly Question[]}
 */
function questionsOf(management, { flags, environments }) {
  const list = '/projects/bench/flags';
  const items = (/** @type {number} */ length) => (/** @type {any} */ body) => body.items.length === length;
  /** @type {(name: string, path: (round: number) => string, isRight: Question['isRight']) => Question} */
  const get = (name, path, isRight) => ({ name, ask: (round) => management.get(path(round)), isRight });
  const page = 100;
  const isFull = (/** @type {any} */ body) => body.items.length === Math.min(page, body.total) && body.total > 0;
  return [
    get('list, the first 100', () => list, items(page)),
    get('list with a search', (round) => `${list}?q=${encodeURIComponent(`number ${round % 10}`)}`, isFull),
    get('list by last change', () => `${list}?sort=changed&order=desc`, items(page)),
    get('list of those that are on', () => `${list}?environment=production&state=on`, items(page)),
    get(
      'facets',
      () => '/projects/bench/flag-facets',
      (body) => body.owners.length === 5,
    ),
    get(
      'a flag',
      (round) => `${list}/${keyAt(round)}`,
      (body) => body.environments.length === environments,
    ),
    get('its configurations', (round) => `${list}/${keyAt(round)}/configurations`, items(environments)),
    get(
      'search over everything',
      (round) => `/search?q=${keyAt(round).slice(0, -1)}`,
      (body) => body.items.length > 0,
    ),
    {
      name: 'an edit of one flag',
      ask: (round) =>
        management.patch(
          `/projects/bench/environments/${environmentAt(1)}/flags/${keyAt(round % flags)}`,
          {
            rules: [
              {
                id: `r${round}`,
                conditions: [{ attribute: 'a', operator: 'in', values: ['b'] }],
                serve: { variant: 'on' },
              },
            ],
          },
          '*',
        ),
      isRight: (body) => body.rules.length === 1,
    },
  ];
}
