/** The configurations in deploy/nats as they are shipped: TLS, an account with permissions, and a program that uses them. */
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '@flaghoist/testkit';
import { findNatsServer } from '@flaghoist/testkit/nats';
import { createDatabase } from '@flaghoist/testkit/postgres';
import { expect, inject, it } from 'vitest';
import { type ChildProgram, runProgram, startProgram } from '../child-program.ts';
import { createCertificate } from '../dashboard/certificate.ts';
import { makeKey, setUp, type Status } from '../management-api.ts';
import { askOverOfrep } from '../ofrep.ts';
import { launchServer, startServer } from '../running-server.ts';
import { openScene, type Scene } from '../scene.ts';
import { until } from '../until.ts';

const SHIPPED = fileURLToPath(new URL('../../deploy/nats/', import.meta.url));
const { path: NATS, version } = findNatsServer();
const MAIN = version.startsWith('2.9.') ? 'server-2.9.conf' : 'server-2.10.conf';

interface Configured {
  readonly file: string;
  readonly ca: string;
  readonly port: number;
}

it('the whole program runs over TLS with the account that is shipped, and over nothing less', async () => {
  const scene = openScene();
  const { file, ca, port } = await configure(scene, false);
  const nats = await startNatsServer(scene, file);
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
  await startNatsServer(scene, file);
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
  const { file } = await configure(scene, true);
  const { code, stderr } = await runProgram(scene, { command: NATS, args: ['-t', '-c', file] });
  expect(stderr).toContain('is valid');
  expect(code).toBe(0);
});

/** As an operator does: own certificates, own folders, another password would come here. */
async function configure(scene: Scene, inCluster: boolean): Promise<Configured> {
  const folder = await scene.folder();
  const port = await freePort();
  await writeCertificate(folder);
  for (const name of [MAIN, 'accounts.conf', 'tls.conf', 'cluster.conf']) {
    const text = (await readFile(join(SHIPPED, name), 'utf8'))
      .replaceAll('/etc/nats/', `${folder}/`)
      .replace('/var/lib/nats', join(folder, 'store'))
      .replace('0.0.0.0:4222', `127.0.0.1:${port}`)
      .replace('127.0.0.1:8222', `127.0.0.1:${await freePort()}`);
    const own = inCluster ? text : text.replace('include "cluster.conf"', '');
    await writeFile(join(folder, name), own);
  }
  return { file: join(folder, MAIN), ca: join(folder, 'ca.crt'), port };
}

async function writeCertificate(folder: string): Promise<void> {
  const { cert, key } = createCertificate('localhost');
  await writeFile(join(folder, 'server.crt'), cert);
  await writeFile(join(folder, 'ca.crt'), cert);
  await writeFile(join(folder, 'server.key'), key);
}

async function startNatsServer(scene: Scene, file: string): Promise<ChildProgram> {
  const program = startProgram(scene, { command: NATS, args: ['-c', file] });
  await logged(program, 'Server is ready');
  return program;
}

async function logged(program: ChildProgram, words: string): Promise<void> {
  await until(`"${words}" in a log`, 30_000, async () => {
    if (program.stderr.includes(words) || program.stdout.includes(words)) return true;
    if (!program.running) throw new Error(program.stderr);
    return undefined;
  });
}
