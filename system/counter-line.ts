/** A line over PostgreSQL and NATS: one process that manages and publishes, and edges that are asked for one number. */
import { createDatabase } from '@flaghoist/testkit/postgres';
import { inject } from 'vitest';
import { makeKey, type ManagementApi, setUp } from './management-api.ts';
import { askOverOfrep } from './ofrep.ts';
import { type RunningServer, startServer } from './running-server.ts';
import type { Scene } from './scene.ts';
import { until } from './until.ts';

export const COUNTED = '/projects/shop/environments/production';

export interface CounterLine {
  readonly api: ManagementApi;
  readonly control: RunningServer;
  /** Without a folder an edge that has nothing on its disk. */
  startEdge(data?: string): Promise<RunningServer>;
  set(value: number): Promise<void>;
  /** Undefined: there is no answer. Every answer is kept. */
  ask(edge: RunningServer): Promise<unknown>;
  /** What an edge has answered so far, in order. */
  answers(edge: RunningServer): readonly unknown[];
  /** By all edges together. */
  answered(): number;
  /** Resolves when the edge answers with the value. */
  expect(edge: RunningServer, value: number, withinMs?: number): Promise<true>;
}

const USUALLY_WITHIN_MS = 60_000;

export interface CounterLineOptions {
  /** Of whoever manages and publishes, and of edges unless `edgeUrl` says otherwise. */
  readonly url: string;
  readonly edgeUrl?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export async function openCounterLine(
  scene: Scene,
  { url, edgeUrl = url, env = {} }: CounterLineOptions,
): Promise<CounterLine> {
  const database = await createDatabase(inject('flaghoistPostgresUrl'));
  scene.atEnd(() => database.drop());
  const start = async (roles: string, natsUrl: string, data?: string): Promise<RunningServer> =>
    startServer(scene, {
      data: data ?? (await scene.folder()),
      databaseUrl: database.url,
      args: ['--roles', roles],
      env: { ...env, NATS_URL: natsUrl },
    });
  const control = await start('control,publisher,worker', url);
  const api = await setUp(control);
  await api.write('POST', '/projects', { key: 'shop', environments: ['production'] });
  const flag = { key: 'counter', type: 'number', variants: { now: 0 }, defaultVariant: 'now', enabled: true };
  await api.write('POST', '/projects/shop/flags', flag);
  const { secret: key } = await makeKey(api, 'shop', 'production', 'server');
  const answers = new Map<string, unknown[]>();

  async function ask({ url: at }: RunningServer): Promise<unknown> {
    const { status, text } = await askOverOfrep(at, key, 'counter');
    if (status !== 200) return undefined;
    const { value } = JSON.parse(text) as { readonly value: unknown };
    answers.set(at, [...(answers.get(at) ?? []), value]);
    return value;
  }

  return {
    api,
    control,
    startEdge: (data) => start('edge', edgeUrl, data),
    async set(value) {
      const options = { ifMatch: '*', reason: `value ${value}` };
      await api.write('PATCH', `${COUNTED}/flags/counter`, { variants: { now: value } }, options);
    },
    ask,
    answers: (edge) => answers.get(edge.url) ?? [],
    answered: () => [...answers.values()].reduce((sum, { length }) => sum + length, 0),
    expect: (edge, value, withinMs = USUALLY_WITHIN_MS) =>
      until(`value ${value} at the edge`, withinMs, async () => ((await ask(edge)) === value ? true : undefined)),
  };
}
