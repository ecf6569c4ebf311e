/** The fleet on one machine: PostgreSQL with a standby, three NATS nodes, roles in processes of their own, nginx, and applications. */
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
import { type Nginx, startNginx } from '../in-front.ts';
import { linkTo } from '../link.ts';
import { makeKey, type ManagementApi, openManagementApi, setUp } from '../management-api.ts';
import { createStage, type Scene } from '../stage.ts';
import { findFaketime, makeSteppedClock } from '../stepped-clock.ts';
import { type ClusterDisks, folderOn, makeDisks } from './disks.ts';
import { type Backends, Member, type MemberLink, type MemberPlan } from './member.ts';

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
  /** The process that runs now, or ran last. */
  readonly application: Application;
  /** Which it asks for first. */
  readonly flag: string;
  /** To nginx. */
  readonly link: MemberLink;
  /** Where it keeps its ruleset. */
  readonly data: string;
  /** `kill -9`, and another process in its place; resolves when that has its first answer. */
  restart(): Promise<void>;
}

/** What faults have to know of each other. */
export interface ClusterNow {
  /** It died for good. */
  isPrimaryGone: boolean;
  /** Resolves when it is there again, or not to be waited for. */
  primaryComesBack: Promise<unknown>;
  isNginxHarmed: boolean;
}

export interface Cluster {
  readonly postgres: PostgresPair;
  /** Its name, on whichever server takes writes. */
  readonly database: string;
  readonly nats: NatsServers;
  readonly members: readonly Member[];
  /** In front of edges and control processes, as shipped. */
  readonly nginx: Nginx;
  readonly applications: readonly ClusterApplication[];
  /** Null where no disk can be filled. */
  readonly disks: ClusterDisks | null;
  readonly now: ClusterNow;
  /** Through nginx, then one for each process with the role control. */
  readonly apis: readonly ManagementApi[];
  readonly flags: readonly string[];
  /** A server key of `shop/production`. */
  readonly key: string;
  /** Those with this role. */
  of(role: string): readonly Member[];
  /** Kills what is Flaghoist's, and nobody starts it again. Everything else ends with the scene. */
  stop(): Promise<void>;
}

/** One of each role may have a clock that steps, where there is libfaketime. */
const PLAN: readonly (Pick<MemberPlan, 'name' | 'roles'> & { readonly mayStep?: boolean })[] = [
  { name: 'control-1', roles: 'control,publisher' },
  { name: 'control-2', roles: 'control,publisher', mayStep: true },
  { name: 'worker-1', roles: 'worker' },
  { name: 'worker-2', roles: 'worker', mayStep: true },
  { name: 'edge-1', roles: 'edge' },
  { name: 'edge-2', roles: 'edge' },
  { name: 'edge-3', roles: 'edge', mayStep: true },
];
/** So that its log does not outgrow a small disk. */
const POSTGRES = { wal_sender_timeout: '5s', max_wal_size: '48MB' };

/** Resolves when every process answers and every application has its first answer. */
export async function startCluster(scene: Scene, options: ClusterOptions = {}): Promise<Cluster> {
  const { onProgress = () => undefined, applications = 3, flags = 1 } = options;
  const disks = await makeDisks(scene, onProgress);
  onProgress('PostgreSQL with a standby, and three NATS nodes ...');
  const { postgres, nats, backends } = await startBackends(scene, disks);
  // A stage of their own: members start again what ends, so they have to be told before anything of theirs is ended.
  const own = createStage();
  const members = await createMembers(own.scene, { backends, disks, onProgress });
  const killAll = async (): Promise<void> => void (await Promise.all(members.map((member) => member.kill())));
  scene.atEnd(async () => {
    await killAll();
    await own.end();
  });
  const of = (role: string): readonly Member[] => members.filter(({ roles }) => roles.split(',').includes(role));

  onProgress('Flaghoist: two of control and publisher, two workers, three edges ...');
  const [first, second] = of('control');
  if (first === undefined || second === undefined) throw new Error('a cluster has two control processes');
  // It makes the tables: the others find them.
  await first.start();
  const api = await setUp(first);
  await Promise.all([second, ...of('worker'), ...of('edge')].map((member) => member.start()));
  const names = Array.from({ length: flags }, (_, index) => `counter-${index + 1}`);
  const key = await furnish(api, names);
  await Promise.all(of('edge').map((edge) => edge.untilReady()));

  onProgress(`nginx, and ${applications} applications with the provider ...`);
  const [a = 0, b = 0, ...moreEdges] = of('edge').map(({ port }) => port);
  const nginx = await startNginx(scene, {
    edges: [a, b],
    moreEdges,
    control: first.port,
    secondControl: second.port,
  });
  const started: ClusterApplication[] = [];
  for (let index = 0; index < applications; index++)
    started.push(await startApplication(scene, { name: `application-${index + 1}`, nginx, key, flag: names[0] ?? '' }));
  return {
    postgres,
    database: backends.database,
    nats,
    members,
    nginx,
    applications: started,
    disks,
    now: { isPrimaryGone: false, primaryComesBack: Promise.resolve(), isNginxHarmed: false },
    apis: [nginx, ...of('control')].map(({ url }) => openManagementApi(url, api.token)),
    flags: names,
    key,
    of,
    stop: killAll,
  };
}

async function startBackends(scene: Scene, disks: ClusterDisks | null) {
  const stores = disks === null ? {} : { n1: await folderOn(disks['NATS n1']) };
  const [postgres, nats] = await Promise.all([
    startPostgresPair(POSTGRES, disks?.primary.path),
    startNats(3, { areRoutesLinked: true, stores }),
  ]);
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
  return { postgres, nats, backends };
}

interface MembersPlan {
  readonly backends: Backends;
  readonly disks: ClusterDisks | null;
  readonly onProgress: (text: string) => void;
}

async function createMembers(scene: Scene, { backends, disks, onProgress }: MembersPlan): Promise<readonly Member[]> {
  const library = findFaketime();
  if (library === null) onProgress('No clock steps here: libfaketime is not on this machine.');
  const small: Readonly<Record<string, string>> = disks === null ? {} : { 'edge-1': await folderOn(disks['edge-1']) };
  return Promise.all(
    PLAN.map(async ({ name, roles, mayStep }) => {
      const clock = mayStep === true && library !== null ? await makeSteppedClock(scene, library) : undefined;
      return Member.create(scene, { name, roles, data: small[name], clock }, backends, onProgress);
    }),
  );
}

async function furnish(api: ManagementApi, flags: readonly string[]): Promise<string> {
  await api.write('POST', '/projects', { key: 'shop', environments: ['production'] });
  const flag = { type: 'number', variants: { now: 0 }, defaultVariant: 'now', enabled: true };
  for (const key of flags) await api.write('POST', '/projects/shop/flags', { key, ...flag });
  return (await makeKey(api, 'shop', 'production', 'server')).secret;
}

interface ApplicationPlan extends Pick<ClusterApplication, 'name' | 'flag'> {
  readonly nginx: Nginx;
  readonly key: string;
}

async function startApplication(
  scene: Scene,
  { name, nginx, key, flag }: ApplicationPlan,
): Promise<ClusterApplication> {
  const link = await linkTo(scene, nginx.port);
  const data = await scene.folder();
  const options = { url: `http://127.0.0.1:${link.port}`, key, dataDir: data };
  const first = { flag, fallback: -1, context: { targetingKey: name } };
  const start = (): Promise<Application> => startProviderApplication(scene, options, first);
  let application = await start();
  return {
    name,
    get application() {
      return application;
    },
    flag,
    link: { name: `${name} to nginx`, to: 'nginx', link },
    data,
    async restart() {
      application.program.signal('SIGKILL');
      await application.program.ended;
      application = await start();
    },
  };
}
