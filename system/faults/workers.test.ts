/** Several edges behind one port: both answer, one that is killed comes back, and all end with the program. */
import { connect } from 'node:net';
import { startPostgresServer } from '@flaghoist/testkit/postgres';
import { expect, it } from 'vitest';
import { makeKey, setUp } from '../management-api.ts';
import { askOverOfrep } from '../ofrep.ts';
import { readMetrics } from '../read-metrics.ts';
import { launchServer, type RunningServer, startServer } from '../running-server.ts';
import { openScene } from '../scene.ts';
import { until } from '../until.ts';

const WITHIN_MS = 60_000;

it('Two workers answer behind one port, take over from one that is killed, and end with the program', async () => {
  const scene = openScene();
  const postgres = await startPostgresServer();
  scene.atEnd(() => postgres.stop());
  const databaseUrl = postgres.url;
  const control = await startServer(scene, {
    data: await scene.folder(),
    databaseUrl,
    args: ['--roles', 'control,publisher,worker'],
  });
  const api = await setUp(control);
  await api.write('POST', '/projects', { key: 'shop', environments: ['production'] });
  const flag = { key: 'banner', type: 'boolean', clientVisible: true, defaultVariant: 'on', enabled: true };
  await api.write('POST', '/projects/shop/flags', flag);
  const { secret: key } = await makeKey(api, 'shop', 'production', 'server');
  const edge = await startServer(scene, {
    data: await scene.folder(),
    databaseUrl,
    args: ['--roles', 'edge', '--workers', '2', '--metrics-port', '0'],
  });
  await until('both workers are ready', WITHIN_MS, async () =>
    (await answeredBy(edge, 8)).size === 2 ? true : undefined,
  );
  await expectAnswers(edge, key, 10);
  const counted = await until('both workers’ evaluations', WITHIN_MS, async () => {
    const metrics = await readMetrics(edge);
    return metrics.sum('flaghoist_evaluations_total') >= 10 ? metrics : undefined;
  });
  expect(counted.value('flaghoist_processes')).toBe(2);
  expect(counted.value('flaghoist_edge_environments')).toBe(1);
  const { secret: relay } = await makeKey(api, 'shop', 'production', 'relay');
  const below = await startServer(scene, {
    data: await scene.folder(),
    args: ['--roles', 'edge', '--upstream', edge.url, '--workers', '2'],
    env: { FLAGHOIST_RELAY_KEY: relay },
  });
  await until('workers below are ready', WITHIN_MS, async () =>
    (await answeredBy(below, 8)).size === 2 ? true : undefined,
  );

  const [, second] = pids(edge);
  if (second === undefined) throw new Error('two workers were announced');
  process.kill(second, 'SIGKILL');
  await until('the killed worker is gone', WITHIN_MS, async () => (isAlive(second) ? undefined : true));
  await expectAnswers(edge, key, 10);
  await expectAnswers(below, key, 10);
  await until('another is in its place', WITHIN_MS, async () => (pids(edge).length === 3 ? true : undefined));
  await until('it answers', WITHIN_MS, async () => ((await answeredBy(edge, 8)).size === 2 ? true : undefined));
  await expectAnswers(edge, key, 10);

  expect(await below.stop()).toMatchObject({ code: 0 });
  const { code } = await edge.stop();
  expect(code).toBe(0);
  expect(pids(edge).filter(isAlive)).toEqual([]);
  await expect(readyz(edge)).rejects.toThrow();
}, 240_000);

it('Workers are refused where there has to be one process, and one that cannot start ends the program with why', async () => {
  const scene = openScene();
  const refused = async (...args: readonly string[]) =>
    launchServer(scene, { data: await scene.folder(), args: ['--workers', '2', ...args] }).ended;
  expect(await refused()).toMatchObject({ code: 2, stderr: expect.stringContaining('with --roles edge') });
  const embedded = await refused('--roles', 'edge');
  expect(embedded).toMatchObject({ code: 1, stdout: '' });
  expect(embedded.stderr.match(/"code":"FLAGHOIST_ROLES"/g)).toHaveLength(1);
}, 120_000);

/** Of the workers in the order of their numbers and then of their starts, as the program logs them. */
function pids({ program }: RunningServer): readonly number[] {
  const lines = program.stderr.split('\n').filter((line) => line.includes('a worker is ready'));
  const ready = lines.map((line) => JSON.parse(line) as { readonly worker: number; readonly workerPid: number });
  return [...ready.slice(0, 2).sort((a, b) => a.worker - b.worker), ...ready.slice(2)].map(
    ({ workerPid }) => workerPid,
  );
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Each time on a connection of its own: one connection stays with one worker. */
async function answeredBy(edge: RunningServer, times: number): Promise<ReadonlySet<number>> {
  const answers = await Promise.all(Array.from({ length: times }, () => readyz(edge)));
  return new Set(answers.map((text) => (JSON.parse(text) as { readonly worker: number }).worker));
}

function readyz({ port }: RunningServer): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () =>
      socket.write('GET /readyz HTTP/1.1\r\nhost: edge\r\nconnection: close\r\n\r\n'),
    );
    socket.setEncoding('utf8').on('data', (more: string) => {
      text += more;
    });
    socket.on('error', reject);
    socket.on('end', () => {
      socket.destroy();
      resolve(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1));
    });
  });
}

async function expectAnswers({ url }: RunningServer, key: string, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    const { status, text } = await askOverOfrep(url, key, 'banner');
    expect(status, text).toBe(200);
  }
}
