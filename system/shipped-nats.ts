/** The configurations in deploy/nats as they are shipped, with the changes an operator makes: names, folders, certificates. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createCertificate, freePort } from '@flaghoist/testkit';
import { findNatsServer } from '@flaghoist/testkit/nats';
import { type ChildProgram, startProgram } from './child-program.ts';

import type { Scene } from './scene.ts';
import { until } from './until.ts';

const SHIPPED = fileURLToPath(new URL('../deploy/nats/', import.meta.url));
const { path: NATS, version } = findNatsServer();
const MAIN = version.startsWith('2.9.') ? 'server-2.9.conf' : 'server-2.10.conf';
const INCLUDED = ['accounts.conf', 'tls.conf', 'cluster.conf', 'leafnodes.conf'];

export interface ShippedNats {
  readonly file: string;
  /** Of the authority, which is the certificate itself. */
  readonly ca: string;
  readonly port: number;
  /** For leaf nodes. */
  readonly leafPort: number;
}

/** `like`: another one whose certificate it has too, as servers of one installation have one authority. */
export async function configureShipped(
  scene: Scene,
  { inCluster = false, like }: { readonly inCluster?: boolean; readonly like?: ShippedNats } = {},
): Promise<ShippedNats> {
  const folder = await scene.folder();
  if (like === undefined) await writeCertificate(folder);
  else await copyCertificate(like, folder);
  const [port, leafPort] = [await freePort(), await freePort()];
  for (const name of [MAIN, ...INCLUDED]) {
    const text = await own(name, folder, port);
    const placed = text.replace('0.0.0.0:7422', `127.0.0.1:${leafPort}`);
    await writeFile(join(folder, name), inCluster ? placed : placed.replace('include "cluster.conf"', ''));
  }
  return { file: join(folder, MAIN), ca: join(folder, 'ca.crt'), port, leafPort };
}

/**
 * A region's server, which finds the centre at a port of this machine, and at no other: a server tells its own address too,
 * so call it before the centre starts. It uses the same certificate. `otherPorts`: where the centre may be one day instead.
 */
export async function configureRegion(
  scene: Scene,
  centre: ShippedNats,
  upPort: number,
  otherPorts: readonly number[] = [],
) {
  const inCentre = join(centre.ca, '..', 'leafnodes.conf');
  const leafnodes = await readFile(inCentre, 'utf8');
  await writeFile(inCentre, leafnodes.replace('no_advertise: true', `advertise: "localhost:${upPort}"`));
  const folder = await scene.folder();
  const port = await freePort();
  await copyCertificate(centre, folder);
  await writeFile(join(folder, 'tls.conf'), await own('tls.conf', folder, port));
  const text = await own('region.conf', folder, port);
  const [first = '', ...others] = [upPort, ...otherPorts].map((one) => `@localhost:${one}"`);
  const urls = [first, ...others.map((one) => `"tls://region:change-me-too${one}`)].join('\n');
  await writeFile(join(folder, 'region.conf'), text.replace(/@n1:7422"(\s+"tls:.*")+/, urls));
  return { file: join(folder, 'region.conf'), port };
}

/** Resolves when it is ready. */
export async function startShipped(scene: Scene, file: string): Promise<ChildProgram> {
  const program = startProgram(scene, { command: NATS, args: ['-c', file] });
  await logged(program, 'Server is ready');
  return program;
}

export async function writeCertificate(folder: string): Promise<void> {
  const { cert, key } = createCertificate('localhost');
  await writeFile(join(folder, 'server.crt'), cert);
  await writeFile(join(folder, 'ca.crt'), cert);
  await writeFile(join(folder, 'server.key'), key);
}

async function copyCertificate({ ca }: ShippedNats, folder: string): Promise<void> {
  for (const name of ['ca.crt', 'server.crt', 'server.key'])
    await writeFile(join(folder, name), await readFile(join(ca, '..', name)));
}

export async function logged(program: ChildProgram, words: string, withinMs = 30_000): Promise<void> {
  await until(`"${words}" in a log`, withinMs, async () => {
    if (program.stderr.includes(words) || program.stdout.includes(words)) return true;
    if (!program.running) throw new Error(program.stderr);
    return undefined;
  });
}

async function own(name: string, folder: string, port: number): Promise<string> {
  return (await readFile(join(SHIPPED, name), 'utf8'))
    .replaceAll('/etc/nats/', `${folder}/`)
    .replace('/var/lib/nats', join(folder, 'store'))
    .replace('0.0.0.0:4222', `127.0.0.1:${port}`)
    .replace('127.0.0.1:8222', `127.0.0.1:${await freePort()}`);
}
