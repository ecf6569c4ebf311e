/**
 * The host that takes writes, found among those of DATABASE_URL and followed. With one host there is nothing to find, but
 * that is judged too: an old primary, an older copy and another cluster are refused (known-server.ts).
 *
 * All hosts are asked at once, so one that does not answer costs a second at most, three at the start. Asked again when the host that is used
 * fails, and every two seconds besides: a primary that stands still, or is cut off, is left when another has taken over.
 */
import type { Logger } from '@flaghoist/runtime/telemetry';
import type pg from 'pg';
import { chooseHost, type Choice, type Found } from './choose-host.ts';
import type { Replication } from './database.ts';
import type { DatabaseHost } from './database-hosts.ts';
import { type Answer, HostProbe, isForOperator } from './host-probe.ts';
import { findObjection, type KnownServer, learn } from './known-server.ts';
import { isSameServer, readFacts, type ServerFacts } from './server-facts.ts';

const ASK_MS = 1_000;
/** Who has just started may know of no other server than an old primary: it has more patience with the one that is slow. */
const FIRST_ASK_MS = 3_000;
const WATCH_MS = 2_000;
/** Alone a host is asked for its position only, so that an older copy of it is known again. */
const WATCH_ALONE_MS = 5_000;
const LAST_MS = 500;

/** No host that may be used takes writes now; the code is that of a connection that failed. */
export class NoPrimaryError extends Error {
  readonly code = '08001';
  /** There is one that takes writes and must not be used: time does not mend that. */
  readonly isRefusal: boolean;

  constructor(message: string, isRefusal: boolean) {
    super(message);
    this.isRefusal = isRefusal;
  }
}

/** A connection that was left because another host is the primary. */
class LeftError extends Error {
  readonly code = '08006';
}

interface PrimaryOptions {
  readonly hosts: readonly [DatabaseHost, ...DatabaseHost[]];
  readonly settings: pg.ClientConfig;
  readonly known: KnownServer;
  readonly logger: Logger;
}

export class Primary {
  readonly hosts: readonly [DatabaseHost, ...DatabaseHost[]];
  readonly #known: KnownServer;
  readonly #logger: Logger;
  readonly #probes: readonly HostProbe[];
  /** Connections to each host, those being made too. */
  readonly #open = new Map<pg.Client, DatabaseHost>();
  #current: DatabaseHost | null;
  /** What the newest connection to it found, or the newest look. */
  #facts: ServerFacts | null = null;
  #looking: Promise<Choice> | null = null;
  #choice: Choice | null = null;
  /** Where the primary was one look before, and when the newest look was. */
  #before: bigint | null = null;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #said: string | null = null;
  /** Why there is none. */
  #reason: Error = new NoPrimaryError('no host was asked yet', false);
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor({ hosts, settings, known, logger }: PrimaryOptions) {
    this.hosts = hosts;
    this.#known = known;
    this.#logger = logger;
    this.#probes = hosts.map((host) => new HostProbe(host, settings));
    this.#current = hosts.length === 1 ? hosts[0] : null;
    this.#watch();
  }

  /** The host to connect to. Throws NoPrimaryError, or what an operator has to mend, when there is none. */
  async find(): Promise<DatabaseHost> {
    const host = this.#current ?? (await this.#look()).primary?.host;
    if (host === undefined) throw this.#reason;
    return host;
  }

  /** The host that connections which begin now are made to. */
  get host(): DatabaseHost {
    return this.#current ?? this.hosts[0];
  }

  /** Commits wait for a standby, as far as is known. */
  get isSynchronous(): boolean {
    return this.#facts?.isSynchronous ?? false;
  }

  /** What takes writes and should not; null: nothing that is known. */
  get problem(): string | null {
    return this.#choice?.problem ?? null;
  }

  /** Before a new connection is used. Throws NoPrimaryError when its server is not to be. */
  async admit(client: pg.Client, host: DatabaseHost): Promise<void> {
    const facts = await readFacts(client);
    if (this.#facts !== null && isSameServer(facts, this.#facts) && facts.takesWrites && host === this.#current) return;
    const objection = facts.takesWrites
      ? findObjection(await this.#known.get(), facts)
      : 'it takes no writes: it is a standby, or set to read only';
    if (objection === null) return this.#accept({ host, facts });
    this.lost(host);
    throw new NoPrimaryError(`${host.name} is refused: ${objection}`, facts.takesWrites);
  }

  /** It failed: whoever comes next asks all of them. */
  lost(host: DatabaseHost): void {
    if (this.hosts.length > 1 && this.#current === host) this.#current = null;
  }

  /** Counts a connection, until it ends, among those that are left when their host is. */
  track(client: pg.Client, host: DatabaseHost): void {
    this.#open.set(client, host);
    client.once('end', () => this.#open.delete(client));
  }

  /** What the last look found, for whoever watches the pair. */
  seen(): Pick<Replication, 'timeline' | 'lagBytes' | 'hasRival'> {
    const { primary = null, standbys = [] } = this.#choice ?? {};
    const behind = standbys.map(({ facts }) => Number((primary?.facts.position ?? facts.position) - facts.position));
    return {
      timeline: this.#facts?.timeline ?? null,
      lagBytes: primary === null || behind.length === 0 ? null : Math.max(0, Math.min(...behind)),
      hasRival: this.problem !== null,
    };
  }

  /** A standby that shows what the primary had written two to six seconds ago, or later; null: there is none. */
  nearStandby(): DatabaseHost | null {
    const [before, choice] = [this.#before, this.#choice];
    if (before === null || choice === null || performance.now() - this.#lookedAt > 2 * WATCH_MS) return null;
    return choice.standbys.find(({ facts }) => facts.position >= before)?.host ?? null;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    const current = this.#probes.find(({ host }) => host === this.#current);
    const last = this.#facts === null ? null : ((await current?.ask(LAST_MS))?.facts ?? null);
    if (last !== null && this.#facts !== null && isSameServer(last, this.#facts)) this.#facts = last;
    for (const probe of this.#probes) probe.stop();
    const known = await this.#known.get();
    if (this.#facts === null || findObjection(known, { ...this.#facts, position: known?.position ?? 0n }) !== null)
      return;
    await this.#known.set(learn(known, this.#facts));
    await this.#known.write();
  }

  #watch(): void {
    if (this.#stopped) return;
    const everyMs = this.hosts.length === 1 ? WATCH_ALONE_MS : WATCH_MS;
    this.#timer = setTimeout(() => {
      void this.#look()
        .catch((error: Error) => this.#logger.warn({ error: error.message }, 'database: the hosts could not be asked'))
        .finally(() => this.#watch());
    }, everyMs);
    // Whoever has nothing else to do may end.
    this.#timer.unref();
  }

  #look(): Promise<Choice> {
    if (this.#stopped) return Promise.reject(new NoPrimaryError('the connection to the database was closed', false));
    this.#looking ??= this.#lookOnce().finally(() => {
      this.#looking = null;
    });
    return this.#looking;
  }

  async #lookOnce(): Promise<Choice> {
    const askMs = this.#choice === null ? FIRST_ASK_MS : ASK_MS;
    const answers = await Promise.all(this.#probes.map((probe) => probe.ask(askMs)));
    const known = await this.#known.get();
    const choice = chooseHost(answers, known, this.#current);
    if (this.#stopped) return choice;
    if (choice.known !== null && choice.known !== known) await this.#known.set(choice.known);
    this.#before = this.#facts?.position ?? null;
    this.#lookedAt = performance.now();
    this.#choice = choice;
    this.#say(choice.problem);
    if (choice.primary !== null) await this.#accept(choice.primary);
    else this.#leaveUnlessSilent(answers);
    if (this.#current === null) this.#reason = reasonOf(answers, choice);
    return choice;
  }

  async #accept({ host, facts }: Found): Promise<void> {
    const known = await this.#known.get();
    const objection = findObjection(known, facts);
    // Another answer came in between.
    if (objection !== null) throw new NoPrimaryError(`${host.name} is refused: ${objection}`, true);
    await this.#known.set(learn(known, facts));
    const isOther = this.#facts === null || !isSameServer(this.#facts, facts);
    this.#facts = facts;
    if (this.#current !== host) {
      this.#current = host;
      if (this.hosts.length > 1)
        this.#logger.info({ host: host.name, timeline: facts.timeline }, 'database: this host takes writes');
    }
    if (isOther) this.#leave((one) => one !== host, `${host.name} takes writes now`);
  }

  /** The host that is used has said that it is no primary, or an old one. One that said nothing may be busy. */
  #leaveUnlessSilent(answers: readonly Answer[]): void {
    const current = this.#current;
    if (current === null || answers.find(({ host }) => host === current)?.facts == null) return;
    if (this.hosts.length > 1) this.#current = null;
    this.#facts = null;
    this.#leave((one) => one === current, `${current.name} is not the primary any more`);
  }

  /** Nothing is cancelled by that: a commit that waits for its standby goes on waiting, and its outcome is asked for. */
  #leave(which: (host: DatabaseHost) => boolean, why: string): void {
    for (const [client, host] of this.#open) {
      if (which(host))
        client.connection.stream.destroy(new LeftError(`the connection to ${host.name} was left: ${why}`));
    }
  }

  #say(problem: string | null): void {
    if (problem === this.#said) return;
    this.#said = problem;
    if (problem !== null) this.#logger.error({ problem }, 'database: a server takes writes that must not');
  }
}

function reasonOf(answers: readonly Answer[], { problem }: Choice): Error {
  if (problem !== null) return new NoPrimaryError(problem, true);
  const mended = answers.find(isForOperator);
  if (mended !== undefined && answers.every((answer) => isForOperator(answer))) return mended.error;
  const each = answers.map(
    ({ host, facts, error }) =>
      `${host.name} ${facts === null ? `cannot be used (${error.message})` : 'takes no writes'}`,
  );
  return new NoPrimaryError(`no host of ${answers.length} takes writes: ${each.join(', ')}`, false);
}
