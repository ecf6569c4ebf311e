/** server -> edge A -> edge B -> edge C -> SDK, each a program of its own, and what is broken on the way. */
import { expect, it } from 'vitest';
import { startProviderApplication } from '../application.ts';
import { awaitCounts } from '../evaluation-counts.ts';
import { CONTROL_PLANE, DATABASES, noteModules } from '../loaded-modules.ts';
import { makeKey, type ManagementApi, setUp } from '../management-api.ts';
import { type RunningServer, type ServerPlace, startServer } from '../running-server.ts';
import { openScene, type Scene } from '../scene.ts';
import { linkTo } from '../link.ts';
import { until } from '../until.ts';

const ENVIRONMENTS = ['staging', 'production'];
const ENVIRONMENT = '/projects/shop/environments/production';
const ANN = { targetingKey: 'ann' };
const WITHIN_MS = 30_000;

it('rows 1 and 19: three edges deep changes arrive and all is counted once, whatever breaks on the way', async () => {
  const scene = openScene();
  const server = await startServer(scene, { data: await scene.folder() });
  const api = await setUp(server);
  const { relay, key } = await makeFlag(api);
  const wire = await linkTo(scene, server.port);
  const modules = await noteModules(scene);
  const a = await startServer(scene, await edgeOver(scene, wire.port, relay, modules.env));
  const placeOfB = await edgeOver(scene, a.port, relay);
  const b = await startServer(scene, placeOfB);
  const c = await startServer(scene, await edgeOver(scene, b.port, relay));
  const first = { flag: 'counter', fallback: -1, context: ANN };
  const application = await startProviderApplication(scene, { url: c.url, key }, first);
  expect(application.firstAnswer.value).toBe(0);
  await application.observe('counter', ANN);
  const arrived = (value: number): Promise<true> =>
    until(`value ${value} in the SDK`, WITHIN_MS, async () =>
      (await application.observed()).last?.value === value ? true : undefined,
    );
  await set(api, 1);
  await arrived(1);

  // The middle one dies: what is below answers on, and catches up when it is back.
  await b.kill();
  await set(api, 2);
  let made = await askTimes(c, key, 20, 1);
  const again = await startServer(scene, { ...placeOfB, port: b.port });
  await arrived(2);

  // Something begins to hold streams back above A: it polls, and passes on what somebody below waits for.
  wire.harm({ kind: 'hold', path: '/native/v1/stream' });
  const polling = () => a.program.stderr.match(/Polling instead/g)?.length === ENVIRONMENTS.length || undefined;
  await until('A polls', 2 * WITHIN_MS, () => Promise.resolve(polling()));
  const next = await nextOf(c, key);
  await set(api, 3);
  // Nobody pushes anything to A now: without being asked it would hear of the change with its next poll.
  const wanted = { 'flaghoist-at-least': `${next}; wait=5000; else=refuse` };
  expect(await evaluate(c, key, wanted)).toEqual({ status: 200, value: 3 });
  made += 1;
  await arrived(3);

  const { evaluations, failures, backwards } = await application.rest();
  expect({ failures, backwards }).toEqual({ failures: [], backwards: [] });
  await application.close();
  // The first answer came before the watching.
  made += evaluations + 1;
  const counts = await awaitCounts(api, ENVIRONMENT, made);
  expect(counts).toMatchObject({ evaluations: made, missing: 0, dropped: 0 });
  expect(await modules.matching(/^@flaghoist\/edge /)).not.toEqual([]);
  expect([await modules.matching(DATABASES), await modules.matching(CONTROL_PLANE)]).toEqual([[], []]);
  for (const edge of [c, again, a]) expect(await edge.stop()).toMatchObject({ code: 0 });
}, 180_000);

async function makeFlag(api: ManagementApi): Promise<{ readonly relay: string; readonly key: string }> {
  await api.write('POST', '/projects', { key: 'shop', environments: ENVIRONMENTS });
  const flag = { key: 'counter', type: 'number', variants: { now: 0 }, defaultVariant: 'now', enabled: true };
  await api.write('POST', '/projects/shop/flags', flag);
  const { secret: relay } = await makeKey(api, 'shop', ENVIRONMENTS, 'relay');
  const { secret: key } = await makeKey(api, 'shop', 'production', 'server');
  return { relay, key };
}

async function edgeOver(
  scene: Scene,
  port: number,
  key: string,
  more: Readonly<Record<string, string>> = {},
): Promise<ServerPlace> {
  const args = ['--roles', 'edge', '--upstream', `http://127.0.0.1:${port}`];
  return { data: await scene.folder(), args, env: { FLAGHOIST_RELAY_KEY: key, ...more } };
}

async function set(api: ManagementApi, value: number): Promise<void> {
  await api.configure('shop', 'production', 'counter', { variants: { now: value } });
}

/** Answers how often it asked; every answer has to be the value. */
async function askTimes(edge: RunningServer, key: string, times: number, value: number): Promise<number> {
  for (let i = 0; i < times; i++) expect(await evaluate(edge, key)).toEqual({ status: 200, value });
  return times;
}

/** The place that the next change leads to. */
async function nextOf({ url }: RunningServer, key: string): Promise<string> {
  const answer = await fetch(`${url}/native/v1/ruleset`, { headers: { authorization: `Bearer ${key}` } });
  await answer.arrayBuffer();
  const [epoch = '', revision = ''] = (answer.headers.get('flaghoist-revision') ?? '').split('.');
  return `${epoch}.${Number(revision) + 1}`;
}

async function evaluate({ url }: RunningServer, key: string, headers: Readonly<Record<string, string>> = {}) {
  const answer = await fetch(`${url}/ofrep/v1/evaluate/flags/counter`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...headers },
    body: JSON.stringify({ context: ANN }),
  });
  const { value } = (await answer.json()) as { readonly value?: unknown };
  return { status: answer.status, value };
}
