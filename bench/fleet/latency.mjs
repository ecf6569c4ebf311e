// @ts-check
/** From the writer's answer until a change is at the doors of three edges, through three NATS servers. */
import { startNats } from '@flaghoist/testkit/nats';
import { createDatabase, startPostgresServer } from '@flaghoist/testkit/postgres';
import { progress } from '../measure/progress.mjs';
import { quantile, rounded } from '../measure/statistics.mjs';
import { withFolder } from '../process/at-end.mjs';
import { startBareSubject } from '../propagation/bare-subject.mjs';
import { startProductSubject } from '../propagation/product-subject.mjs';
import { measureRounds } from '../propagation/rounds.mjs';

const EDGES = 3;
const WHOLE = { warmup: 20, rounds: 300, turn: 20 };
const QUICK = { warmup: 10, rounds: 60, turn: 20 };
/** @type {readonly (readonly ['p50' | 'p99', number, number])[]} Name, share, and the goal in milliseconds. */
const QUANTILES = [
  ['p50', 0.5, 15],
  ['p99', 0.99, 100],
];

/** @param {{ quick: boolean }} options */
export function measureFleetLatency({ quick }) {
  return withFolder(async (folder) => {
    const [postgres, nats] = await Promise.all([startPostgresServer(), startNats(3)]);
    /** @type {(() => Promise<void>)[]} */
    const stops = [() => postgres.stop(), () => nats.stop()];
    try {
      const own = await createDatabase(postgres.url);
      const bareDatabase = await createDatabase(postgres.url);
      const place = { folder, databaseUrl: own.url, natsUrl: nats.url, edges: EDGES };
      const product = await startProductSubject(place);
      stops.push(() => product.stop());
      const bare = await startBareSubject('postgres', bareDatabase.url);
      stops.push(() => bare.stop());
      const counts = quick ? QUICK : WHOLE;
      progress(`${counts.rounds} changes each, in turns of ${counts.turn}`);
      const measured = await measureRounds([product, bare], counts);
      /** @type {(subject: import('../propagation/rounds.mjs').Subject, share: number) => number} */
      const took = (subject, share) =>
        rounded(
          quantile(
            (measured.get(subject) ?? []).map(({ answeredAt, atDoorAt }) => atDoorAt - answeredAt),
            share,
          ),
        );
      return QUANTILES.map(([name, share, floor]) => ({
        name: `commit answered to the doors of all ${EDGES} edges through NATS, ${name}`,
        value: took(product, share),
        unit: 'ms',
        floor,
        peers: { 'bare, by NOTIFY to one process': took(bare, share) },
      }));
    } finally {
      for (const stop of stops.reverse()) await stop();
    }
  });
}
