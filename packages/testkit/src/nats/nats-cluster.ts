import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../free-port.ts';
import { findNatsServer } from './find-servers.ts';
import { createNatsNode, type NatsNode } from './nats-node.ts';
import { linkRoutes, type NatsRoute, routeSettings } from './nats-routes.ts';
import { requestOf } from './request.ts';

const READY_WITHIN_MS = 90_000;
const POLL_MS = 20;
const PORT_ATTEMPTS = 5;
/** Of JetStream's errors. */
const STREAM_NOT_FOUND = 10059;

export interface NatsClusterOptions {
  /** The path of nats-server. Absent: that of the machine. */
  readonly program?: string;
  /** Lines of the servers' configuration. */
  readonly settings?: string;
  /** Lines inside the block `jetstream`, e.g. `sync_interval: always`. */
  readonly jetstream?: string;
  /** Where their files lie, which stay there then. Absent: in a folder of their own. */
  readonly folder?: string;
  /** Where single nodes, by name, store what they keep instead, e.g. on a disk of their own. */
  readonly stores?: Readonly<Record<string, string>>;
  /** Nodes that are not started yet. Default: 0. */
  readonly without?: number;
  /** The nodes of a cluster reach each other by wires that can be harmed. */
  readonly areRoutesLinked?: boolean;
}

/** Real NATS servers with JetStream on 127.0.0.1: one by itself, or several that form a cluster. */
export interface NatsServers {
  readonly nodes: readonly NatsNode[];
  /** Between the nodes, two for each two of them; empty unless asked for. */
  readonly routes: readonly NatsRoute[];
  /** Of all nodes, separated by commas. The same after a restart. */
  readonly url: string;
  /** Resolves when every node that runs says that it is well, and in a cluster JetStream has a leader. */
  ready(): Promise<void>;
  /** Names of the streams there are. */
  streams(): Promise<readonly string[]>;
  /** The node that leads a stream now. */
  leaderOf(stream: string): Promise<NatsNode>;
  /** Deletes a stream with all it holds, as an administrator may; resolves when a node says that it is gone. */
  deleteStream(stream: string): Promise<void>;
  /** Ends all processes and removes their files. May be called twice. */
  stop(): Promise<void>;
}

/** Starts `count` servers; resolves when they are ready, after some 0.2 s for one and 1 s for three. */
export async function startNats(count: 1 | 3, options: NatsClusterOptions = {}): Promise<NatsServers> {
  for (let attempt = 1; ; attempt += 1) {
    const servers = await create(count, options);
    try {
      for (const node of servers.nodes.slice(0, count - (options.without ?? 0))) await node.start();
      await servers.ready();
      return servers;
    } catch (error) {
      const words = (await Promise.all(servers.nodes.map((node) => node.words()))).join('\n');
      await servers.stop();
      if (!words.includes('address already in use') || attempt === PORT_ATTEMPTS)
        throw new Error(`nats-server did not become ready:\n${words.slice(-4_000)}`, { cause: error });
    }
  }
}

async function create(count: number, options: NatsClusterOptions): Promise<NatsServers> {
  const program = options.program ?? findNatsServer().path;
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'flaghoist-nats-')));
  const ports = await Promise.all(Array.from({ length: count }, freePort));
  const places = ports.map((port, index) => ({ name: `n${index + 1}`, port }));
  const routes = options.areRoutesLinked === true ? await linkRoutes(places) : [];
  const nodes: NatsNode[] = [];
  for (const place of places)
    nodes.push(
      createNatsNode({
        program,
        name: place.name,
        folder,
        store: options.stores?.[place.name] ?? join(folder, place.name),
        port: await freePort(),
        monitorPort: await freePort(),
        settings: `${options.settings ?? ''}\n${count > 1 ? routeSettings(place, places, routes) : ''}`,
        jetstream: options.jetstream ?? '',
      }),
    );
  let stopping: Promise<void> | null = null;

  async function end(): Promise<void> {
    await Promise.all(nodes.map((node) => node.kill()));
    await Promise.all(routes.map(({ link }) => link.close()));
    if (options.folder === undefined)
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  return {
    nodes,
    routes,
    url: nodes.map(({ port }) => `nats://127.0.0.1:${port}`).join(','),
    ready: () => waitUntilReady(nodes),
    async streams() {
      const found = await Promise.all(nodes.filter((node) => node.alive()).map(streamsOf));
      return [...new Set(found.flat().map(({ name }) => name))].sort();
    },
    leaderOf: (stream) => findLeader(nodes, stream),
    deleteStream: (stream) => deleteStream(nodes, stream),
    stop() {
      stopping ??= end();
      return stopping;
    },
  };
}

async function waitUntilReady(nodes: readonly NatsNode[]): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS;
  const running = nodes.filter((node) => node.alive());
  while (!(await areReady(running, nodes.length > 1))) {
    const dead = running.find((node) => !node.alive());
    if (dead !== undefined) throw new Error(`${dead.name} ended:\n${(await dead.words()).slice(-2_000)}`);
    if (performance.now() > deadline)
      throw new Error(`Not ready within ${READY_WITHIN_MS} ms: ${await states(running)}`);
    await sleep(POLL_MS);
  }
}

/** What each says about itself, and its last words. */
async function states(nodes: readonly NatsNode[]): Promise<string> {
  const parts = nodes.map(
    async (node) => `${node.name}: ${JSON.stringify(await node.ask('healthz'))}\n${(await node.words()).slice(-1_000)}`,
  );
  return (await Promise.all(parts)).join('\n');
}

async function areReady(nodes: readonly NatsNode[], isCluster: boolean): Promise<boolean> {
  for (const node of nodes) {
    const health = await node.ask('healthz');
    if (health?.['status'] !== 'ok') return false;
    if (!isCluster) continue;
    const jetstream = (await node.ask('jsz')) as { readonly meta_cluster?: { readonly leader?: string } } | null;
    if ((jetstream?.meta_cluster?.leader ?? '') === '') return false;
  }
  return nodes.length > 0;
}

interface StreamDetail {
  readonly name: string;
  readonly cluster?: { readonly leader?: string };
}

interface DeleteAnswer {
  readonly success?: boolean;
  readonly error?: { readonly err_code?: number };
}

interface StreamPage {
  readonly account_details?: readonly { readonly stream_detail?: readonly StreamDetail[] }[];
}

/** None when it does not answer. */
async function streamsOf(node: NatsNode): Promise<readonly StreamDetail[]> {
  const page = (await node.ask('jsz?streams=true')) as StreamPage | null;
  return page?.account_details?.flatMap((account) => account.stream_detail ?? []) ?? [];
}

async function findLeader(nodes: readonly NatsNode[], stream: string): Promise<NatsNode> {
  const deadline = performance.now() + READY_WITHIN_MS;
  while (performance.now() < deadline) {
    for (const node of nodes) {
      if (!node.alive()) continue;
      const found = (await streamsOf(node)).find(({ name }) => name === stream);
      if (found === undefined) continue;
      const leader = nodes.find(({ name }) => name === (found.cluster?.leader ?? node.name));
      if (leader?.alive() === true) return leader;
    }
    await sleep(POLL_MS);
  }
  throw new Error(`No server leads the stream ${stream}.`);
}

async function deleteStream(nodes: readonly NatsNode[], stream: string): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS;
  while (performance.now() < deadline) {
    for (const { port } of nodes.filter((node) => node.alive())) {
      const answer = (await requestOf(port, `$JS.API.STREAM.DELETE.${stream}`)) as DeleteAnswer | null;
      if (answer?.success === true || answer?.error?.err_code === STREAM_NOT_FOUND) return;
    }
    await sleep(POLL_MS);
  }
  throw new Error(`No server deleted the stream ${stream}.`);
}
