/** `npm run cluster`: the fleet on this machine, for people to look at and to harm by hand, until they press Ctrl-C. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createStage } from '../stage.ts';
import { type Cluster, startCluster } from './cluster.ts';

const LOOK_EVERY_MS = 1_000;

/** Resolves when everything that was started has ended. */
export async function runCluster(stopping: AbortSignal, print: (line: string) => void): Promise<void> {
  const { scene, end } = createStage();
  try {
    const cluster = await startCluster(scene, { onProgress: print });
    for (const line of describeCluster(cluster)) print(line);
    await watch(cluster, stopping, print);
    print('Ending every process ...');
    await cluster.stop();
  } finally {
    await end();
  }
}

/** What runs where, and how to use it. */
function describeCluster(cluster: Cluster): readonly string[] {
  const { postgres, nats, members, nginx, applications, apis, key } = cluster;
  const rows: (readonly [string, string, string, string])[] = [
    ['process', 'what it does', 'address', 'pid'],
    ['postgres-1', 'PostgreSQL, primary', `127.0.0.1:${postgres.primary.port}`, ''],
    ['postgres-2', 'PostgreSQL, synchronous standby', `127.0.0.1:${postgres.standby.port}`, ''],
    ...nats.nodes.map(({ name, port }) => [name, 'NATS JetStream', `127.0.0.1:${port}`, ''] as const),
    ...members.map(({ name, roles, url, pid }) => [name, roles, url, `${pid}`] as const),
    ['nginx', 'in front of edges and control', nginx.url.replace('http://', ''), `${nginx.pid}`],
    ...applications.map(
      ({ name, application }) =>
        [name, 'asks nginx for flags', 'in its process', `${application.program.pid}`] as const,
    ),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const table = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const [api] = apis;
  return [
    '',
    ...table,
    '',
    'Change a flag:',
    `  npx flaghoist flags set counter-1 --help`,
    `  export FLAGHOIST_URL=${api?.url} FLAGHOIST_TOKEN=${api?.token}`,
    'Ask an edge, whichever answers:',
    `  curl -s ${nginx.url}/ofrep/v1/evaluate/flags/counter-1 -H 'Authorization: Bearer ${key}' -H 'Content-Type: application/json' -d '{"context":{"targetingKey":"me"}}'`,
    'Kill any of them (kill -9 PID) and see who notices. Ctrl-C ends them all.',
    '',
  ];
}

/** A line whenever a process is in another state than before. */
async function watch({ members }: Cluster, stopping: AbortSignal, print: (line: string) => void): Promise<void> {
  const told = new Map(members.map(({ name, state, pid }) => [name, `${state} ${pid}`]));
  while (!stopping.aborted) {
    await sleep(LOOK_EVERY_MS, undefined, { signal: stopping }).catch(() => undefined);
    for (const { name, state, pid } of members) {
      const now = `${state} ${pid}`;
      if (told.get(name) === now) continue;
      told.set(name, now);
      print(`${name} ${state}${pid === null ? '' : `, pid ${pid}`}`);
    }
  }
}
