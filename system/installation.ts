/** The same installation as one process, and as several of each role. */
import { startNats } from '@flaghoist/testkit/nats';
import { createDatabase } from '@flaghoist/testkit/postgres';
import { inject } from 'vitest';
import { type RunningServer, startServer } from './running-server.ts';
import type { Scene } from './scene.ts';

export interface Installation {
  /** Where it is set up. */
  readonly managing: RunningServer;
  /** Another one with the same role, where there are two. */
  readonly alsoManaging: RunningServer;
  /** Two, where there are two. */
  readonly edges: readonly [RunningServer, RunningServer];
  /** All of them, in the order in which they may be stopped. */
  readonly servers: readonly RunningServer[];
}

/** On PostgreSQL, or on anything else of that name: the embedded database. */
export async function startWhole(scene: Scene, where: string): Promise<Installation> {
  const databaseUrl = where === 'PostgreSQL' ? await ownDatabase(scene) : undefined;
  const server = await startServer(scene, { data: await scene.folder(), databaseUrl });
  return { managing: server, alsoManaging: server, edges: [server, server], servers: [server] };
}

/** Two processes of each role, over one PostgreSQL and one NATS server. */
export async function startSplit(scene: Scene): Promise<Installation> {
  const databaseUrl = await ownDatabase(scene);
  const nats = await startNats(1);
  scene.atEnd(() => nats.stop());
  const env = { NATS_URL: nats.url, FLAGHOIST_SECRET: 'the secret of one installation, for a test' };
  const start = async (role: string): Promise<RunningServer> =>
    startServer(scene, {
      data: await scene.folder(),
      databaseUrl,
      args: ['--roles', role, '--metrics-port', '0'],
      env,
    });
  // The first makes the tables.
  const managing = await start('control');
  const roles = ['control', 'publisher', 'publisher', 'worker', 'worker'];
  const [others, edges] = await Promise.all([
    Promise.all(roles.map(start)),
    Promise.all([start('edge'), start('edge')] as const),
  ]);
  const [alsoManaging] = others;
  if (alsoManaging === undefined) throw new Error('nothing was started');
  return { managing, alsoManaging, edges, servers: [...edges, ...others, managing] };
}

async function ownDatabase(scene: Scene): Promise<string> {
  const database = await createDatabase(inject('flaghoistPostgresUrl'));
  scene.atEnd(() => database.drop());
  return database.url;
}
