/**
 * Three short schedules of faults over a whole fleet, in the last of which the primary dies; then all dies but edges and
 * applications. Many and longer schedules: `npm run faults`; 10,000,000 evaluations in a dead world: `npm run prove -- dead-world`.
 */
import { expect, it } from 'vitest';
import { startCluster } from '../cluster/cluster.ts';
import { LAST_VALUE, outliveTheWorld } from '../cluster/dead-world.ts';
import { runSchedule } from '../cluster/schedule.ts';
import { keepResult } from '../result.ts';
import { openScene } from '../scene.ts';
import { chooseSeed, createRandom } from '../seeded-random.ts';

const SCHEDULES = Number(process.env['SCHEDULES'] ?? 3);
const EVALUATIONS = Number(process.env['EVALUATIONS'] ?? 20_000);
const IS_LONG = EVALUATIONS > 100_000;
const LASTS_MS = 5_000;
const LONGEST_FAULT_MS = 4_000;
const FAULTS = 3;

it('a fleet whose parts die, freeze and are cut off loses no change, goes back nowhere and answers always, also when all is dead but edges and applications', async () => {
  const scene = openScene();
  const seed = chooseSeed();
  console.log(`three schedules of faults: SEED=${seed}`);
  const cluster = await startCluster(scene, { flags: 2, applications: 2 });
  for (let number = 0; number < SCHEDULES; number++) {
    const outcome = await runSchedule(cluster, {
      random: createRandom(seed + number),
      lastsMs: LASTS_MS,
      longestFaultMs: LONGEST_FAULT_MS,
      faults: FAULTS,
      promotes: number === SCHEDULES - 1,
    });
    const { violations, failures, text, faults, acknowledged, evaluations } = outcome;
    expect({ violations, failures }, [...faults, text].join('\n')).toEqual({ violations: [], failures: [] });
    console.log(`${acknowledged} changes and ${evaluations} evaluations during ${faults.join('; ')}`);
    expect(acknowledged).toBeGreaterThan(0);
  }

  const outcome = await outliveTheWorld(cluster, {
    evaluations: EVALUATIONS,
    livesMs: IS_LONG ? 15_000 : 500,
    isKilledOnce: !IS_LONG,
    onProgress: (text) => console.log(text),
  });
  console.log(JSON.stringify(outcome));
  expect(outcome).toMatchObject({ failed: 0, failures: [] });
  for (const { application } of cluster.applications) {
    expect(application.firstAnswer).toMatchObject({ value: LAST_VALUE });
    expect(await application.close()).toMatchObject({ code: 0, stderr: '' });
  }
  await keepResult('dead-world', outcome);
}, 3_600_000);
