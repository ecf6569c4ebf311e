/** One Flaghoist process of a cluster: it reaches everything it needs by wires of its own, and comes back as often as it dies. */
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@flaghoist/testkit';
import type { FaultLink } from '@flaghoist/testkit/links';
import type { ChildProgram } from '../child-program.ts';
import { linkTo } from '../link.ts';
import { awaitServer, launchServer, type RunningServer } from '../running-server.ts';
import type { Scene } from '../stage.ts';
import type { SteppedClock } from '../stepped-clock.ts';
import { until, within } from '../until.ts';

export interface MemberPlan {
  readonly name: string;
  /** As `--roles` takes them. */
  readonly roles: string;
  /** Absent: a folder of its own. */
  readonly data?: string | undefined;
  /** Absent: that of the machine. */
  readonly clock?: SteppedClock | undefined;
}

/** A wire of one process to one server. */
export interface MemberLink {
  /** e.g. `edge-1 to n2`. */
  readonly name: string;
  readonly to: 'database' | 'nats' | 'nginx';
  readonly link: FaultLink;
}

export interface Backends {
  /** Ports of the database servers, the primary first. */
  readonly databases: readonly number[];
  readonly database: string;
  readonly nats: readonly { readonly name: string; readonly port: number }[];
  /** Of the installation. */
  readonly secret: string;
}

/** A supervisor starts again what ended by itself, as one that cannot reach its database does. */
const SUPERVISED_EVERY_MS = 500;
/** One that never came up is not going to. */
const FIRST_ATTEMPTS = 3;
const READY_WITHIN_MS = 120_000;
const DEAD_WITHIN_MS = 20_000;

export class Member {
  readonly name: string;
  readonly roles: string;
  readonly port: number;
  readonly links: readonly MemberLink[];
  readonly clock: SteppedClock | null;
  readonly #scene: Scene;
  readonly #place: Rest['place'];
  readonly #onEnded: (words: string) => void;
  #server: RunningServer | null = null;
  #launched: ChildProgram | null = null;
  #isWanted = false;
  #isPaused = false;

  private constructor(scene: Scene, plan: MemberPlan, rest: Rest) {
    this.#scene = scene;
    this.#onEnded = rest.onEnded;
    this.name = plan.name;
    this.roles = plan.roles;
    this.port = rest.port;
    this.links = rest.links;
    this.clock = plan.clock ?? null;
    this.#place = rest.place;
  }

  /** `onEnded`: told the last words of one that ended by itself, or did not come up. */
  static async create(
    scene: Scene,
    plan: MemberPlan,
    backends: Backends,
    onEnded: (words: string) => void,
  ): Promise<Member> {
    const links: MemberLink[] = [];
    const databases: number[] = [];
    for (const [index, port] of backends.databases.entries()) {
      const link = await linkTo(scene, port);
      links.push({ name: `${plan.name} to postgres-${index + 1}`, to: 'database', link });
      databases.push(link.port);
    }
    const servers: number[] = [];
    for (const { name, port } of backends.nats) {
      const link = await linkTo(scene, port);
      links.push({ name: `${plan.name} to ${name}`, to: 'nats', link });
      servers.push(link.port);
    }
    const env = {
      DATABASE_URL: `postgres://postgres@${databases.map((port) => `127.0.0.1:${port}`).join()}/${backends.database}`,
      FLAGHOIST_SECRET: backends.secret,
      NATS_URL: servers.map((port) => `nats://127.0.0.1:${port}`).join(),
    };
    const place = { data: plan.data ?? (await scene.folder()), env: { ...env, ...plan.clock?.env } };
    return new Member(scene, plan, { port: await freePort(), links, place, onEnded });
  }

  /** The folder of its data. */
  get data(): string {
    return this.#place.data;
  }

  /** What the process that runs, or ran last, has written to its log. */
  get words(): string {
    return this.#launched?.stderr ?? '';
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number | null {
    return this.#server?.program.running === true ? this.#server.program.pid : null;
  }

  get state(): 'runs' | 'stands still' | 'starts' | 'is dead' {
    if (!this.#isWanted) return 'is dead';
    if (this.pid === null) return 'starts';
    return this.#isPaused ? 'stands still' : 'runs';
  }

  /** With `setupUrl` the first time of all. */
  get setupUrl(): string | null {
    return this.#server?.setupUrl ?? null;
  }

  /** Resolves when it runs. One that ends by itself is started again until it runs, or is killed; rejects when it never ran. */
  async start(): Promise<void> {
    this.#isWanted = true;
    for (let attempts = 1; this.#isWanted; attempts++) {
      const { data, env } = this.#place;
      const program = launchServer(this.#scene, { data, port: this.port, args: ['--roles', this.roles], env });
      this.#launched = program;
      void program.ended.then(() => this.clock?.tidy(program.pid));
      const server = await awaitServer(program).catch(() => null);
      if (server === null && !this.#isWanted) return;
      if (server === null) {
        this.#say(program.stderr);
        if (this.#server === null && attempts === FIRST_ATTEMPTS) throw new Error(`${this.name} did not come up`);
        await sleep(SUPERVISED_EVERY_MS);
        continue;
      }
      this.#server = server;
      void program.ended.then(() => {
        if (!this.#isWanted || this.#server !== server) return;
        this.#say(program.stderr);
        void this.start();
      });
      return;
    }
  }

  /** Resolves when it says that it is. */
  async untilReady(): Promise<void> {
    await until(`${this.name} ready`, READY_WITHIN_MS, async () => {
      const answer = await fetch(`${this.url}/readyz`, { signal: AbortSignal.timeout(2_000) }).catch(() => null);
      return answer?.status === 200 ? true : undefined;
    });
  }

  /** `kill -9`, also of one that is just starting; it stays dead until `start`. */
  async kill(): Promise<void> {
    this.#isWanted = false;
    this.#isPaused = false;
    if (this.#launched === null) return;
    this.#launched.signal('SIGKILL');
    await within(`the death of ${this.name}`, DEAD_WITHIN_MS, this.#launched.ended);
  }

  pause(): void {
    this.#isPaused = true;
    this.#server?.program.signal('SIGSTOP');
  }

  resume(): void {
    this.#isPaused = false;
    this.#server?.program.signal('SIGCONT');
  }

  #say(stderr: string): void {
    if (this.#isWanted) this.#onEnded(`${this.name} ended by itself: ${stderr.trimEnd().split('\n').at(-1) ?? ''}`);
  }
}

interface Rest extends Pick<Member, 'port' | 'links'> {
  readonly place: { readonly data: string; readonly env: Readonly<Record<string, string>> };
  readonly onEnded: (words: string) => void;
}
