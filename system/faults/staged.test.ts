/** A fleet whose production environment publishes in stages: what canary edges try, and what they spare the others. */
import { hostname } from 'node:os';
import type { Candidate } from '@flaghoist/protocol/management';
import { freePort } from '@flaghoist/testkit';
import { createNatsBus } from '@flaghoist/bus/nats';
import { startNats } from '@flaghoist/testkit/nats';
import { createDatabase } from '@flaghoist/testkit/postgres';
import { expect, inject, it } from 'vitest';
import { type Application, startProviderApplication } from '../application.ts';
import { makeKey, type ManagementApi, setUp, type Status } from '../management-api.ts';
import { askOverOfrep } from '../ofrep.ts';
import { awaitServer, launchServer, type RunningServer, type ServerPlace, startServer } from '../running-server.ts';
import { openScene, type Scene } from '../scene.ts';
import { until } from '../until.ts';

const ENVIRONMENT = '/projects/shop/environments/production';
/** Where SDKs have bugs of their own. */
const STAGING = '/projects/shop/environments/staging';
const ANN = { targetingKey: 'ann' };
/** Longer than the test: what is published by itself is shown where no program has to start. */
const HOLD_SECONDS = 3_600;
const WITHIN_MS = 60_000;
/** Every edge is of the build with the bug: what spares them is that they are not given the candidate. */
const BUGGED = { NODE_OPTIONS: `--import=${new URL('../programs/planted-bug.mjs', import.meta.url).href}` };

it('row 27: a ruleset that trips a bug of this build takes canary edges down, nobody else, and is withdrawn by itself', async () => {
  const scene = openScene();
  const database = await createDatabase(inject('flaghoistPostgresUrl'));
  scene.atEnd(() => database.drop());
  const nats = await startNats(1);
  scene.atEnd(() => nats.stop());
  const place = { databaseUrl: database.url, env: { NATS_URL: nats.url } };
  const roles = ['--roles', 'control,publisher,worker'];
  const control = await startServer(scene, { ...place, data: await scene.folder(), args: roles });
  const api = await setUp(control);
  await api.write('POST', '/projects', { key: 'shop', environments: ['production', 'staging'] });
  const variants = { now: 'old', next: 'new', bad: 'a value that meets' };
  const flag = { key: 'banner', type: 'string', variants, defaultVariant: 'now', enabled: true };
  await api.write('POST', '/projects/shop/flags', flag);
  const { secret: key } = await makeKey(api, 'shop', 'production', 'server');
  const { secret: relay } = await makeKey(api, 'shop', ['production'], 'relay');
  for (const environment of [ENVIRONMENT, STAGING])
    await api.write('PATCH', environment, { holdSeconds: HOLD_SECONDS }, { ifMatch: '"1"' });
  expect(await api.get<Status>('/status')).toMatchObject({ bus: { kind: 'nats' } });

  const edge = ['--roles', 'edge'];
  const plain = await startServer(scene, {
    ...place,
    data: await scene.folder(),
    args: edge,
    env: { ...place.env, ...BUGGED },
  });
  const port = await freePort();
  const canary = superviseEdge(scene, {
    ...place,
    data: await scene.folder(),
    args: [...edge, '--canary'],
    env: { ...place.env, ...BUGGED },
    port,
  });
  const url = `http://127.0.0.1:${port}`;
  await serves(url, key, 'old');
  const upstream = ['--upstream', url];
  const below = superviseEdge(scene, {
    data: await scene.folder(),
    args: [...edge, ...upstream],
    env: { ...BUGGED, FLAGHOIST_RELAY_KEY: relay },
    port: await freePort(),
  });
  await serves(below.url, key, 'old');

  const first = { flag: 'banner', fallback: 'none', context: ANN };
  const application = await startProviderApplication(scene, { url, key }, first);
  expect(application.firstAnswer.value).toBe('old');

  // What is sound is tried on the canary edge and by whoever follows it, and published for everybody afterwards.
  await api.configure('shop', 'production', 'banner', { default: { variant: 'next' } });
  await serves(url, key, 'new');
  await serves(below.url, key, 'new');
  await heardOf(api, ENVIRONMENT);
  expect(await valueAt(plain.url, key)).toBe('old');
  const { change } = await api.get<Candidate>(`${ENVIRONMENT}/candidate`);
  await api.write('POST', `${ENVIRONMENT}/candidate/promote`, { change });
  await serves(plain.url, key, 'new');

  await application.close();
  await harmApplications(scene, { api, url, database });

  const values = { ...variants, bad: 'a value that meets the bug' };
  await api.configure('shop', 'production', 'banner', { variants: values, default: { variant: 'bad' } });
  const withdrawn = await decided(api, ENVIRONMENT);
  expect(withdrawn).toMatchObject({
    state: 'withdrawn',
    decidedBy: 'Flaghoist',
    why: expect.stringContaining('canary edge'),
  });
  expect(canary.deaths()).toBeGreaterThan(0);
  // No boot loop: the third start knows better, whatever the server has found out by then.
  expect(canary.deaths()).toBeLessThanOrEqual(3);
  await serves(url, key, 'new');
  await serves(below.url, key, 'new');
  expect(await valueAt(plain.url, key)).toBe('new');
  expect(plain.program.running).toBe(true);

  // And the environment goes on.
  await api.configure('shop', 'production', 'banner', { enabled: false });
  await serves(plain.url, key, undefined);
  await serves(url, key, undefined);
  for (const one of [canary, below]) one.stop();

  // Of what is over one empty message is left for each environment.
  const bus = createNatsBus({ servers: [nats.url] });
  scene.atEnd(() => bus.stop());
  await until('nothing is left of candidates on the bus', WITHIN_MS, async () => {
    const streams = [...(await bus.log.heads()).keys()].filter((stream) => stream.startsWith('candidate.'));
    const kept = await Promise.all(streams.map((stream) => bus.log.readAfter(stream, 0, 10)));
    return kept.length === 2 && kept.every(([first, ...more]) => first?.body.length === 0 && more.length === 0)
      ? true
      : undefined;
  });
}, 240_000);

/** What goes wrong in SDKs behind the canary edge alone withdraws a candidate too: what they cannot apply, or evaluate, or survive. */
async function harmApplications(
  scene: Scene,
  {
    api,
    url,
    database,
  }: {
    readonly api: ManagementApi;
    readonly url: string;
    readonly database: Awaited<ReturnType<typeof createDatabase>>;
  },
): Promise<void> {
  const { secret: key } = await makeKey(api, 'shop', 'staging', 'server');
  await serves(url, key, 'old');
  const first = { flag: 'banner', fallback: 'none', context: ANN };
  const application = await startProviderApplication(scene, { url, key }, first, 'planted-sdk-bugs.mjs');
  expect(application.firstAnswer.value).toBe('old');
  const variants = { now: 'old', next: 'new', bad: 'a value that this SDK cannot read' };
  await api.configure('shop', 'staging', 'banner', { variants });
  expect(await decided(api, STAGING)).toMatchObject({
    state: 'withdrawn',
    why: expect.stringContaining(`the SDK ${hostOf(application)} behind it says`),
  });

  await application.observe('banner', ANN);
  const operand = 'an operand that this SDK fails over';
  const fails = { attribute: 'targetingKey', operator: 'startsWith', values: [operand] };
  await api.configure('shop', 'staging', 'banner', {
    rules: [{ id: 'r', conditions: [fails], serve: { variant: 'next' } }],
  });
  expect(await decided(api, STAGING)).toMatchObject({
    state: 'withdrawn',
    why: expect.stringMatching(/of its evaluations ended in an error/),
  });
  // The application had its own fallback while it was tried, and is well again.
  expect((await application.rest()).failures.length).toBeGreaterThan(0);
  const well = async () =>
    (await application.evaluate('banner', 'none', [ANN]))[0]?.value === 'old' ? true : undefined;
  await until('the application answers as before', WITHIN_MS, well);

  await api.configure('shop', 'staging', 'banner', { default: { variant: 'next' } });
  await heardOf(api, STAGING);
  application.program.signal('SIGKILL');
  await application.program.ended;
  // As if it had been silent for half a minute already; what its edge says of it last may come after it died.
  const age =
    "update fleet_instances set seen_at = seen_at - interval '30 seconds' where seen_at > now() - interval '30 seconds'";
  expect(await decided(api, STAGING, () => database.execute(age))).toMatchObject({
    state: 'withdrawn',
    why: expect.stringContaining(`The SDK ${hostOf(application)} behind a canary edge was not heard of`),
  });
}

/** As its receipts name it. */
const hostOf = ({ program }: Application): string => `${hostname()}/${program.pid}`;

/** An edge that is started again whenever it dies, as a supervisor does. */
function superviseEdge(scene: Scene, place: ServerPlace & { readonly port: number }) {
  let deaths = 0;
  let running: RunningServer['program'] | null = null;
  let stopped = false;
  async function run(): Promise<void> {
    const program = launchServer(scene, place);
    running = program;
    awaitServer(program).catch(() => undefined);
    const { signal } = await program.ended;
    if (stopped) return;
    if (signal === 'SIGKILL') deaths++;
    await run();
  }
  const over = run();
  const stop = (): void => {
    stopped = true;
    running?.signal('SIGTERM');
  };
  scene.atEnd(async () => {
    stop();
    await over;
  });
  return { url: `http://127.0.0.1:${place.port}`, deaths: () => deaths, stop };
}

async function valueAt(url: string, key: string): Promise<unknown> {
  const { status, text } = await askOverOfrep(url, key, 'banner');
  return status === 200 ? (JSON.parse(text) as { value?: unknown }).value : `status ${status}`;
}

function serves(url: string, key: string, value: string | undefined): Promise<true> {
  return until(`${url} serves ${value}`, WITHIN_MS, async () =>
    (await valueAt(url, key).catch(() => null)) === value ? true : undefined,
  );
}

function heardOf(api: ManagementApi, environment: string): Promise<true> {
  return until('the SDK has the candidate, and says so', WITHIN_MS, async () => {
    const { number, canaries } = await api.get<Candidate>(`${environment}/candidate`);
    // Of the one before, too, an edge may have said that.
    return canaries.some((one) => one.number === number && one.instances === 1) ? true : undefined;
  });
}

function decided(
  api: ManagementApi,
  environment: string,
  meanwhile = async (): Promise<void> => {},
): Promise<Candidate> {
  return until('the candidate is decided', WITHIN_MS, async () => {
    await meanwhile();
    const candidate = await api.get<Candidate>(`${environment}/candidate`);
    return candidate.state === 'tried' ? undefined : candidate;
  });
}
