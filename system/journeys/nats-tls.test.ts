/** The configurations in deploy/nats as they are shipped: TLS, an account with permissions, and a program that uses them. */
import { dirname } from 'node:path';
import { findNatsServer } from '@flaghoist/testkit/nats';
import { createDatabase } from '@flaghoist/testkit/postgres';
import { expect, inject, it } from 'vitest';
import { runProgram } from '../child-program.ts';
import { makeKey, setUp, type Status } from '../management-api.ts';
import { askOverOfrep } from '../ofrep.ts';
import { launchServer, startServer } from '../running-server.ts';
import { openScene } from '../scene.ts';
import { configureShipped, logged, startShipped, writeCertificate } from '../shipped-nats.ts';
import { until } from '../until.ts';

const { path: NATS, version } = findNatsServer();

it('the whole program runs over TLS with the account that is shipped, and over nothing less', async () => {
  const scene = openScene();
  const { file, ca, port } = await configureShipped(scene);
  const nats = await startShipped(scene, file);
  const database = await createDatabase(inject('flaghoistPostgresUrl'));
  scene.atEnd(() => database.drop());
  const place = async (url: string, env: Readonly<Record<string, string>> = {}) => ({
    data: await scene.folder(),
    databaseUrl: database.url,
    env: { NATS_URL: url, ...env },
  });
  const good = `tls://flaghoist:change-me@localhost:${port}`;
  const server = await startServer(scene, await place(good, { FLAGHOIST_NATS_CA: ca }));
  const api = await setUp(server);
  await api.write('POST', '/projects', { key: 'shop', environments: ['production'] });
  const flag = { key: 'counter', type: 'number', variants: { now: 7 }, defaultVariant: 'now', enabled: true };
  await api.write('POST', '/projects/shop/flags', flag);
  const { secret: key } = await makeKey(api, 'shop', 'production', 'server');
  await until('the flag at the edge', 30_000, async () => {
    const { status, text } = await askOverOfrep(server.url, key, 'counter');
    return status === 200 && text.includes('"value":7') ? true : undefined;
  });
  expect((await api.get<Status>('/status')).bus).toMatchObject({ kind: 'nats', version, problem: null });
  await until('counts that went over the queue', 30_000, async () => {
    const { evaluations } = await api.get<{ readonly evaluations: number }>(
      '/projects/shop/environments/production/evaluations',
    );
    return evaluations > 0 ? true : undefined;
  });
  expect(server.program.stderr).not.toContain('NATS');

  // Another certificate, of another authority: whoever comes again has to know it, and nobody is restarted for that.
  await writeCertificate(dirname(ca));
  nats.signal('SIGKILL');
  await nats.ended;
  await startShipped(scene, file);
  const change = { ifMatch: '*', reason: 'after the exchange' };
  await api.write('PATCH', '/projects/shop/environments/production/flags/counter', { variants: { now: 8 } }, change);
  await until('the change at the edge', 60_000, async () =>
    (await askOverOfrep(server.url, key, 'counter')).text.includes('"value":8') ? true : undefined,
  );
  expect(await server.stop()).toMatchObject({ code: 0 });

  // Nobody answers for long who has not shown the right name, nor is anybody asked without TLS.
  const edges = [
    await place(good),
    await place(good.replace('change-me', 'guess'), { FLAGHOIST_NATS_CA: ca }),
    await place(good.replace('tls://', 'nats://')),
  ].map((one) => launchServer(scene, { ...one, args: ['--roles', 'edge'] }));
  for (const program of edges) await logged(program, 'There is no connection to NATS');
}, 180_000);

it('the shipped configurations are valid', async () => {
  const scene = openScene();
  const { file } = await configureShipped(scene, { inCluster: true });
  const { code, stderr } = await runProgram(scene, { command: NATS, args: ['-t', '-c', file] });
  expect(stderr).toContain('is valid');
  expect(code).toBe(0);
});
