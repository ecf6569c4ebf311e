/** Row 22 of the failure matrix: one key is flooded; the others, and whoever edits flags, do not notice. */
import { expect, it } from 'vitest';
import { makeKey, setUp } from '../management-api.ts';
import { askOverOfrep } from '../ofrep.ts';
import { startServer } from '../running-server.ts';
import { openScene } from '../scene.ts';
import { startProviderApplication } from '../application.ts';
import { until } from '../until.ts';

const FLOODS = 16;
const ASKED = 60;
/** So few that the slowest machine floods them. */
const LIMIT = 10;
const FLAG = '/projects/shop/environments/production/flags/counter';

it('row 22: a flood on one key is refused; other keys, followers and the management API are answered every time', async () => {
  const scene = openScene();
  const server = await startServer(scene, { data: await scene.folder() });
  const api = await setUp(server);
  await api.write('POST', '/projects', { key: 'shop', environments: ['production'] });
  const flag = { key: 'counter', type: 'number', variants: { now: 0 }, defaultVariant: 'now', enabled: true };
  await api.write('POST', '/projects/shop/flags', flag);
  const [flooded, other] = [
    await makeKey(api, 'shop', 'production', 'server'),
    await makeKey(api, 'shop', 'production', 'server'),
  ];
  await api.write('PATCH', `/projects/shop/keys/${flooded.id}`, { rateLimit: LIMIT });
  for (const { secret } of [flooded, other])
    await until('the edge knows the key', 10_000, async () =>
      (await askOverOfrep(server.url, secret, 'counter')).status === 200 ? true : undefined,
    );
  const follower = await startProviderApplication(
    scene,
    { url: server.url, key: flooded.secret, dataDir: await scene.folder() },
    { flag: 'counter', fallback: -1, context: { targetingKey: 'somebody' } },
  );
  await follower.observe('counter', { targetingKey: 'somebody' });

  const flood = startFlood(server.url, flooded.secret);
  scene.atEnd(() => flood.stop());
  await until('refusals', 10_000, async () => (flood.count(429) > 0 ? true : undefined));
  const answers: number[] = [];
  const written: number[] = [];
  for (let i = 1; i <= ASKED; i++) {
    answers.push((await askOverOfrep(server.url, other.secret, 'counter')).status);
    if (i % 5 !== 0) continue;
    const edited = await api.send('PATCH', FLAG, { variants: { now: i } }, { ifMatch: '*' });
    written.push(edited.status, (await api.send('GET', FLAG)).status);
  }
  // The follower with the flooded key hears of every edit, and evaluates by itself.
  await until('the last edit at the follower', 10_000, async () =>
    (await follower.observed()).last?.value === ASKED ? true : undefined,
  );
  const { seconds } = await flood.stop();

  expect(answers.filter((status) => status !== 200)).toEqual([]);
  expect(answers).toHaveLength(ASKED);
  expect(written.filter((status) => status !== 200)).toEqual([]);
  expect(flood.statuses()).toEqual(['200', '429']);
  // No more than the bucket once and its rate since.
  expect(flood.count(200)).toBeLessThanOrEqual(LIMIT * (seconds + 1) + 1);
  expect(await follower.status()).toBe('READY');
  await follower.close();
  expect(await server.stop()).toMatchObject({ code: 0 });
}, 120_000);

/** As many requests at once as the machine can send, without regard for what is answered. */
function startFlood(url: string, key: string) {
  const counts = new Map<string, number>();
  const began = performance.now();
  const seen = { isOver: false };
  const running = Promise.all(
    Array.from({ length: FLOODS }, async () => {
      while (!seen.isOver) {
        const status = String((await askOverOfrep(url, key, 'counter').catch(() => ({ status: 'none' }))).status);
        counts.set(status, (counts.get(status) ?? 0) + 1);
      }
    }),
  );
  return {
    count: (status: number) => counts.get(String(status)) ?? 0,
    statuses: () => [...counts.keys()].sort(),
    async stop(): Promise<{ readonly seconds: number }> {
      seen.isOver = true;
      await running;
      return { seconds: (performance.now() - began) / 1_000 };
    },
  };
}
