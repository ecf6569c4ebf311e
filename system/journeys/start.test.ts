/** How the server starts, or says why not. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createDatabase } from '@flaghoist/testkit/postgres';
import { describe, expect, inject, it } from 'vitest';
import { makeKey, openManagementApi, setUp } from '../management-api.ts';
import { askOverOfrep } from '../ofrep.ts';
import { launchServer, type RunningServer, type ServerPlace, startServer } from '../running-server.ts';
import { openScene } from '../scene.ts';
import { until, within } from '../until.ts';

/** A start that comes to nothing: nothing on standard output, and the reason on standard error. */
async function failedStart(place: ServerPlace): Promise<{ readonly code: number | null; readonly detail: string }> {
  const program = launchServer(openScene(), place);
  const { code, stdout, stderr } = await within('the end of a start that cannot work', 30_000, program.ended);
  expect(stdout).toBe('');
  const last = JSON.parse(stderr.trim().split('\n').at(-1) ?? '') as { readonly detail: string };
  return { code, detail: last.detail };
}

describe('A start', () => {
  it('on the same data finds everything again, and prints one line each time', async () => {
    const scene = openScene();
    const data = await scene.folder();
    const first = await startServer(scene, { data });
    const { token } = await setUp(first);
    await openManagementApi(first.url, token).write('POST', '/projects', { key: 'shop', environments: ['production'] });
    const { secret: key } = await makeKey(openManagementApi(first.url, token), 'shop', 'production', 'server');
    expectOneLine(first, await first.stop());

    const again = await startServer(scene, { data });
    expect(again.setupUrl).toBeNull();
    const found = await openManagementApi(again.url, token).get('/projects');
    expect(found).toMatchObject({ items: [{ key: 'shop' }], next: null });
    expect((await askOverOfrep(again.url, key, null)).status).toBe(200);
    expectOneLine(again, await again.stop());
  });

  it('on data that another process has is refused, and the other goes on', async () => {
    const scene = openScene();
    const data = await scene.folder();
    const server = await startServer(scene, { data });
    const { code, detail } = await failedStart({ data });
    expect(code).toBe(1);
    expect(detail).toContain(data);
    expect(detail).toContain(String(server.program.pid));
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  });

  it('on a port that is taken says which, and how to choose another', async () => {
    const scene = openScene();
    const server = await startServer(scene, { data: await scene.folder() });
    const { code, detail } = await failedStart({ data: await scene.folder(), port: server.port });
    expect(code).toBe(1);
    expect(detail).toContain(String(server.port));
    expect(detail).toContain('choose another port');
  });

  it('without a database behind DATABASE_URL says so, and does not repeat the password', async () => {
    const scene = openScene();
    const databaseUrl = 'postgres://somebody:opensesame@127.0.0.1:1/flags';
    const { code, detail } = await failedStart({ data: await scene.folder(), databaseUrl });
    expect(code).toBe(1);
    expect(detail).toContain('DATABASE_URL');
    expect(detail).not.toContain('opensesame');
  });

  it.each<readonly [string, string, Pick<ServerPlace, 'args' | 'env'>]>([
    ['variable', 'FLAGHOIST_PROT', { env: { FLAGHOIST_PROT: '4242' } }],
    ['value of a variable', 'FLAGHOIST_LOG_LEVEL', { env: { FLAGHOIST_LOG_LEVEL: 'loud' } }],
    ['option', '--prot', { args: ['--prot', '4242'] }],
    ['value of an option', '--roles', { args: ['--roles', 'control,cook'] }],
  ])('with an unknown %s names it and leaves with 2', async (_what, name, wrong) => {
    const scene = openScene();
    const program = launchServer(scene, { data: await scene.folder(), ...wrong });
    const { code, stdout, stderr } = await within('the end of a wrong start', 30_000, program.ended);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(name);
  });

  it('with an unknown member in its settings file names it and the file, and leaves with 2', async () => {
    const scene = openScene();
    const file = join(await scene.folder(), 'flaghoist.yaml');
    await writeFile(file, 'logLevel: warn\nprot: 4242\n');
    const { code, detail } = await failedStart({ data: await scene.folder(), args: ['--config', file] });
    expect(code).toBe(2);
    expect(detail).toContain('prot');
    expect(detail).toContain(file);
  });

  it('with some roles only is refused on the embedded database', async () => {
    const scene = openScene();
    const { code, detail } = await failedStart({ data: await scene.folder(), args: ['--roles', 'edge'] });
    expect(code).toBe(1);
    expect(detail).toContain('DATABASE_URL');
  });
});

it('--demo makes a shop with keys that work; the next start makes new ones and the old ones stop', async () => {
  const scene = openScene();
  const data = await scene.folder();
  const old: string[] = [];
  for (let start = 1; start <= 2; start++) {
    const server = await startServer(scene, { data, args: ['--demo'] });
    expect(server.keys).not.toBeNull();
    const { server: serverKey = '', client: clientKey = '' } = server.keys ?? {};
    for (const key of [serverKey, clientKey]) await expectAnswers(server, key);
    for (const key of old)
      await until('a door that refuses the keys of the start before', 5_000, async () =>
        (await askOverOfrep(server.url, key, 'new-checkout')).status === 401 ? true : undefined,
      );
    old.push(serverKey, clientKey);
    if (start === 2) {
      const projects = await (await setUp(server)).list<{ readonly key: string }>('/projects');
      expect(projects.map(({ key }) => key)).toEqual(['demo-shop']);
    }
    expect(await server.stop()).toMatchObject({ code: 0 });
  }
});

it('Two processes share one PostgreSQL: what the first one changes, the second one serves', async () => {
  const scene = openScene();
  const database = await createDatabase(inject('flaghoistPostgresUrl'));
  scene.atEnd(() => database.drop());
  const place = async (roles: string): Promise<ServerPlace> => ({
    data: await scene.folder(),
    databaseUrl: database.url,
    args: ['--roles', roles],
  });
  const control = await startServer(scene, await place('control,publisher,worker'));
  const edge = await startServer(scene, await place('edge'));
  expect(edge.setupUrl).toBeNull();
  const api = await setUp(control);
  await api.write('POST', '/projects', { key: 'shop', environments: ['production'] });
  await api.write('POST', '/projects/shop/flags', { key: 'checkout', type: 'boolean', enabled: true });
  const { secret: key } = await makeKey(api, 'shop', 'production', 'server');

  for (const [enabled, reason] of [
    [true, 'STATIC'],
    [false, 'DISABLED'],
    [true, 'STATIC'],
  ] as const) {
    await api.configure('shop', 'production', 'checkout', { enabled, default: { variant: 'on' } });
    await until(`the answer ${reason} at the edge`, 10_000, async () => {
      const { status, text } = await askOverOfrep(edge.url, key, 'checkout');
      return status === 200 && text.includes(`"reason":"${reason}"`) ? true : undefined;
    });
  }
  expect((await fetch(`${edge.url}/api/v1/projects`)).status).toBe(404);
  expect((await askOverOfrep(control.url, key, 'checkout')).status).toBe(404);
  await control.stop();
  expect((await askOverOfrep(edge.url, key, 'checkout')).text).toContain('"value":true');
  expect(await edge.stop()).toMatchObject({ code: 0 });
});

/** A new key reaches the door along the line. */
async function expectAnswers(server: RunningServer, key: string): Promise<void> {
  const text = await until('a door that knows the demo key', 5_000, async () => {
    const answer = await askOverOfrep(server.url, key, 'new-checkout', { targetingKey: 'ada' });
    return answer.status === 200 ? answer.text : undefined;
  });
  expect(JSON.parse(text)).toMatchObject({ key: 'new-checkout', value: true });
}

function expectOneLine(
  { url }: RunningServer,
  ending: { readonly code: number | null; readonly stdout: string },
): void {
  expect(ending.code).toBe(0);
  expect(ending.stdout.endsWith('\n')).toBe(true);
  expect(ending.stdout.trimEnd().split('\n')).toHaveLength(1);
  expect(JSON.parse(ending.stdout)).toMatchObject({ url });
}
