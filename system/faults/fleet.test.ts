/** Three short schedules of faults over a whole fleet; in the last the primary dies. Many and longer ones: `npm run faults`. */
import { expect, it } from 'vitest';
import { startCluster } from '../cluster/cluster.ts';
import { runSchedule } from '../cluster/schedule.ts';
import { openScene } from '../scene.ts';
import { chooseSeed, createRandom } from '../seeded-random.ts';

const SCHEDULES = 3;
const LASTS_MS = 6_000;
const FAULTS = 3;

it('a fleet whose parts die, freeze and are cut off loses no change, goes back nowhere and answers always', async () => {
  const scene = openScene();
  const seed = chooseSeed();
  console.log(`three schedules of faults: SEED=${seed}`);
  const cluster = await startCluster(scene, { flags: 2, applications: 2 });
  for (let number = 0; number < SCHEDULES; number++) {
    const outcome = await runSchedule(cluster, {
      random: createRandom(seed + number),
      lastsMs: LASTS_MS,
      faults: FAULTS,
      promotes: number === SCHEDULES - 1,
    });
    const { violations, failures, text, faults, acknowledged, evaluations } = outcome;
    expect({ violations, failures }, [...faults, text].join('\n')).toEqual({ violations: [], failures: [] });
    console.log(`${acknowledged} changes and ${evaluations} evaluations during ${faults.join('; ')}`);
    expect(acknowledged).toBeGreaterThan(0);
  }

  for (const { application } of cluster.applications)
    expect(await application.close()).toMatchObject({ code: 0, stderr: '' });
}, 900_000);
