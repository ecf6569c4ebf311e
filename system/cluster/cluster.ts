/** The fleet on one machine: PostgreSQL with a standby, three NATS nodes, roles in processes of their own, and applications. */
import { randomBytes } from 'node:crypto';
import { type NatsServers, startNats } from '@flaghoist/testkit/nats';
import {
  createDatabase,
  type PostgresPair,
  setSynchronousStandbys,
  STANDBY_NAME,
  startPostgresPair,
} from '@flaghoist/testkit/postgres';
import { type Application, startProviderApplication } from '../application.ts';
import { linkTo } from '../link.ts';
import { makeKey, type ManagementApi, openManagementApi, setUp } from '../management-api.ts';
import { createStage, type Scene } from '../stage.ts';
import { until } from '../until.ts';
import { Member, type MemberLink, type MemberPlan } from './member.ts';

export interface ClusterOptions {
  /** Told what is being done. */
  readonly onProgress?: (text: string) => void;
  /** Applications with the provider; default: 3. */
  readonly applications?: number;
  /** Number flags that there are, `counter-1` and on. Default: 1. */
  readonly flags?: number;
}

export interface ClusterApplication {
  readonly name: string;
  readonly application: Application;
  /** Which it asks for first. */
  readonly flag: string;
  readonly edge: Member;
  readonly link: MemberLink;
}

export interface Cluster {
  readonly postgres: PostgresPair;
  /** Its name, on whichever server takes writes. */
  readonly database: string;
  readonly nats: NatsServers;
  readonly members: readonly Member[];
  readonly applications: readonly ClusterApplication[];
  /** One for each process with the role control. */
  readonly apis: readonly ManagementApi[];
  readonly flags: readonly string[];
  /** A server key of `shop/production`. */
  readonly key: string;
  /** Those with this role. */
  of(role: string): readonly Member[];
  /** Kills what is Flaghoist's, and nobody starts it again. Everything else ends with the scene. */
  stop(): Promise<void>;
}

const PLAN: readonly MemberPlan[] = [
  { name: 'control-1', roles: 'control,publisher' },
  { name: 'control-2', roles: 'control,publisher' },
  { name: 'worker-1', roles: 'worker' },
  { name: 'worker-2', roles: 'worker' },
  { name: 'edge-1', roles: 'edge' },
  { name: 'edge-2', roles: 'edge' },
  { name: 'edge-3', roles: 'edge' },
];
const READY_WITHIN_MS = 120_000;

/** Resolves when every process answers and every application has its first answer. */
export async function startCluster(scene: Scene, options: ClusterOptions = {}): Promise<Cluster> {
  const { onProgress = () => undefined, applications = 3, flags = 1 } = options;
  onProgress('PostgreSQL with a standby, and three NATS nodes ...');
  const [postgres, nats] = await Promise.all([startPostgresPair({ wal_sender_timeout: '5s' }), startNats(3)]);
  scene.atEnd(() => postgres.stop());
  scene.atEnd(() => nats.stop());
  const database = await createDatabase(postgres.primary.url);
  await setSynchronousStandbys(postgres.primary, STANDBY_NAME);
  const backends = {
    databases: [postgres.primary.port, postgres.standby.port],
    database: new URL(database.url).pathname.slice(1),
    nats: nats.nodes,
    secret: randomBytes(32).toString('base64url'),
  };
  // A stage of their own: members start again what ends, so they have to be told before anything of theirs is ended.
  const own = createStage();
  const members = await Promise.all(PLAN.map((plan) => Member.create(own.scene, plan, backends, onProgress)));
  const killAll = async (): Promise<void> => void (await Promise.all(members.map((member) => member.kill())));
  scene.atEnd(async () => {
    await killAll();
    await own.end();
  });
  const of = (role: string): readonly Member[] => members.filter(({ roles }) => roles.split(',').includes(role));

  onProgress('Flaghoist: two of control and publisher, two workers, three edges ...');
  const [first, ...others] = of('control');
  if (first === undefined) throw new Error('a cluster has a control process');
  // It makes the tables: the others find them.
  await first.start();
  const api = await setUp(first);
  await Promise.all([...others, ...of('worker'), ...of('edge')].map((member) => member.start()));
  const names = Array.from({ length: flags }, (_, index) => `counter-${index + 1}`);
  const key = await furnish(api, names);
  await Promise.all(of('edge').map((edge) => untilReady(edge)));

  onProgress(`${applications} applications with the provider ...`);
  const started: ClusterApplication[] = [];
  for (let index = 0; index < applications; index++) {
    const edge = of('edge')[index % of('edge').length];
    if (edge === undefined) throw new Error('a cluster has edges');
    started.push(await startApplication(scene, { name: `application-${index + 1}`, edge, key, flag: names[0] ?? '' }));
  }
  return {
    postgres,
    database: backends.database,
    nats,
    members,
    applications: started,
    apis: of('control').map(({ url }) => openManagementApi(url, api.token)),
    flags: names,
    key,
    of,
    stop: killAll,
  };
}

async function furnish(api: ManagementApi, flags: readonly string[]): Promise<string> {
  await api.write('POST', '/projects', { key: 'shop', environments: ['production'] });
  const flag = { type: 'number', variants: { now: 0 }, defaultVariant: 'now', enabled: true };
  for (const key of flags) await api.write('POST', '/projects/shop/flags', { key, ...flag });
  return (await makeKey(api, 'shop', 'production', 'server')).secret;
}

function untilReady({ name, url }: Member): Promise<true> {
  return until(`${name} ready`, READY_WITHIN_MS, async () => {
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) }).catch(() => null);
    return answer?.status === 200 ? true : undefined;
  });
}

async function startApplication(
  scene: Scene,
  {
    name,
    edge,
    key,
    flag,
  }: { readonly name: string; readonly edge: Member; readonly key: string; readonly flag: string },
): Promise<ClusterApplication> {
  const link = await linkTo(scene, edge.port);
  const context = { targetingKey: name };
  const application = await startProviderApplication(
    scene,
    { url: `http://127.0.0.1:${link.port}`, key, dataDir: await scene.folder() },
    { flag, fallback: -1, context },
  );
  return { name, application, flag, edge, link: { name: `${name} to ${edge.name}`, to: 'edge', link } };
}
