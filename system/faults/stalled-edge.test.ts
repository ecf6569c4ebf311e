/** Row 19 of the failure matrix: one of two edges is cut off without being told so. What it says of itself gives it away. */
import { createDatabase } from '@flaghoist/testkit/postgres';
import { expect, inject, it } from 'vitest';
import { makeKey, setUp } from '../management-api.ts';
import { askOverOfrep } from '../ofrep.ts';
import { type RunningServer, startServer } from '../running-server.ts';
import { openScene } from '../scene.ts';
import { linkTo } from '../link.ts';
import { until } from '../until.ts';

/** Whoever watches is to be told within a minute; the age says it by the second. */
const OLD_MS = 4_000;
const TOLD_WITHIN_MS = 60_000;

interface Readiness {
  readonly ready: boolean;
  readonly oldestRulesetMs: number;
}

it('row 19: an edge whose stream stands still answers with what it has, and its age says so; the other has the change', async () => {
  const scene = openScene();
  const database = await createDatabase(inject('flaghoistPostgresUrl'));
  scene.atEnd(() => database.drop());
  const control = await startServer(scene, {
    data: await scene.folder(),
    databaseUrl: database.url,
    args: ['--roles', 'control,publisher,worker'],
  });
  const api = await setUp(control);
  await api.write('POST', '/projects', { key: 'shop', environments: ['production'] });
  const flag = { key: 'counter', type: 'number', variants: { now: 0 }, defaultVariant: 'now', enabled: true };
  await api.write('POST', '/projects/shop/flags', flag);
  const { secret: key } = await makeKey(api, 'shop', 'production', 'server');

  const url = new URL(database.url);
  const link = await linkTo(scene, Number(url.port));
  url.port = String(link.port);
  const startEdge = async (databaseUrl: string): Promise<RunningServer> =>
    startServer(scene, { data: await scene.folder(), databaseUrl, args: ['--roles', 'edge'] });
  const stalled = await startEdge(url.href);
  const other = await startEdge(database.url);
  const valueAt = async ({ url: at }: RunningServer): Promise<unknown> => {
    const { status, text } = await askOverOfrep(at, key, 'counter');
    return status === 200 ? (JSON.parse(text) as { readonly value: number }).value : status;
  };
  const readiness = async ({ url: at }: RunningServer): Promise<Readiness> =>
    (await (await fetch(`${at}/readyz`)).json()) as Readiness;
  const reaches = (edge: RunningServer, value: number) =>
    until(`the value ${value}`, 30_000, async () => ((await valueAt(edge)) === value ? true : undefined));
  await Promise.all([reaches(stalled, 0), reaches(other, 0)]);

  link.harm({ kind: 'stall' });
  await api.configure('shop', 'production', 'counter', { variants: { now: 1 } });
  await reaches(other, 1);
  await until('the age of what it serves', TOLD_WITHIN_MS, async () =>
    (await readiness(stalled)).oldestRulesetMs > OLD_MS ? true : undefined,
  );
  expect(await valueAt(stalled)).toBe(0);
  // It serves on: age never makes an edge unready, whoever balances load decides.
  expect(await readiness(stalled)).toMatchObject({ ready: true });
  expect((await readiness(other)).oldestRulesetMs).toBeLessThan((await readiness(stalled)).oldestRulesetMs);

  link.heal();
  await reaches(stalled, 1);
  await until('it is as young as the other', 30_000, async () =>
    (await readiness(stalled)).oldestRulesetMs < OLD_MS ? true : undefined,
  );
}, 180_000);
