/**
 * The replica: follows a source, one verified copy per environment.
 *
 * Each environment is kept by the client's machine, which decides what is applied and what is asked for again. What cannot
 * be applied is refused, the last good ruleset goes on being served, and the environment is asked for again a little later.
 * An environment that vanishes from its source is kept: empty never means no flags. Only one that is withdrawn is forgotten.
 *
 * What was applied is kept on disk, where there is one, and is what a replica begins with, before the source is asked.
 */
import type { CheckSignature, Timers } from '@flaghoist/client';
import type { RegexEngine } from '@flaghoist/evaluator';
import type { EntityLine, Sha256 } from '@flaghoist/protocol/ruleset';
import type { Logger } from '@flaghoist/runtime/telemetry';
import { BusSource, type ReadableLog } from './bus-source.ts';
import type { Environment } from './environment.ts';
import { FollowedEnvironment, type Refused, type ReplicaCounts } from './followed-environment.ts';
import type { WindowLimits } from './patch-window.ts';
import type { RulesetFolder } from './ruleset-folder.ts';
import type { RulesetSource } from './ruleset-source.ts';
import type { Compress } from './snapshot.ts';

/** The bus, or another source. */
export type ReplicaSource = { readonly log: ReadableLog } | { readonly source: RulesetSource };

export type ReplicaOptions = ReplicaSource & {
  /** Null: nothing is kept over a restart. */
  readonly folder: Pick<RulesetFolder, 'environments' | 'open' | 'forget'> | null;
  readonly logger: Logger;
  readonly sha256: Sha256;
  readonly regex: RegexEngine;
  /** Absent: heads need no signature. */
  readonly signatures?: CheckSignature | null;
  /** All the time there is here; `now` labels and orders nothing. */
  readonly timers: Timers;
  /** 0 <= x < 1 */
  readonly random: () => number;
  /** Lets others have their turn during long work. */
  readonly pause: () => Promise<void>;
  /** Absent: Node's gzip. */
  readonly compress?: Compress | undefined;
  readonly limits: WindowLimits & {
    readonly patchBytes: number;
    readonly busDeadlineMs: number;
    readonly diskDeadlineMs: number;
    readonly refusedRetryMs: number;
  };
  readonly onChanged: (environment: Environment, changed: readonly EntityLine[]) => void;
  /** An environment was withdrawn and is gone. */
  readonly onForgotten?: (environment: Environment) => void;
};

export interface Followed {
  readonly environment: Environment;
  readonly refused: Refused | null;
  /** When it was last known to be what the source held, or saved when it comes from disk; null: never. */
  readonly provenAt: number | null;
  /** Whether the source confirms at the moment that this is what it holds. */
  readonly fresh: boolean;
  /** Whether the source has said so since this process started. */
  readonly confirmed: boolean;
}

/** How long a start with copies on disk waits for the source to say something newer. */
const DISK_START_MS = 1_000;
/** Copies read from disk at the same moment. */
const CONCURRENCY = 4;

export class Replica {
  readonly counts: ReplicaCounts = { rejected: new Map(), loaded: { newer: 0, older: 0 }, fileProblems: 0 };
  readonly #options: ReplicaOptions;
  readonly #source: RulesetSource;
  readonly #places = new Map<string, FollowedEnvironment>();
  /** Being forgotten: until that is over nobody else may touch what is on disk. */
  readonly #leaving = new Map<string, Promise<void>>();
  /** What there was when the source was last asked; null: it never answered. */
  #known: readonly string[] | null = null;
  #failures = 0;
  #stopped = false;
  #opened: Promise<boolean> | null = null;
  /** Resolves the start. */
  #begun: () => void = () => undefined;

  constructor(options: ReplicaOptions) {
    this.#options = options;
    this.#source = 'source' in options ? options.source : new BusSource(options);
  }

  /** Applies what is on disk. Resolves with whether there is something to serve now. */
  open(): Promise<boolean> {
    this.#opened ??= this.#openCopies();
    return this.#opened;
  }

  /**
   * Applies what is on disk, unless that was done, then asks the source. Resolves once every environment of it is verified, or refused and said
   * to be; or once the source has not answered: what is here is served meanwhile, and it is asked on. With something to
   * serve from disk it waits no longer than `DISK_START_MS`.
   */
  async start(): Promise<void> {
    const begun = new Promise<void>((resolve) => {
      this.#begun = resolve;
    });
    const copies = await this.open();
    if (this.#stopped) return;
    const cancel = copies ? this.#options.timers.after(DISK_START_MS, this.#begun) : undefined;
    this.#source.start({
      onEnvironments: (ids) => this.#found(ids),
      onUnavailable: (error) => this.#unavailable(error),
      onNews: (id) => this.#places.get(id)?.news(),
      onWithdrawn: (id) => this.#forget(id),
    });
    await begun;
    cancel?.();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#begun();
    await this.#source.stop();
    await Promise.all([...Array.from(this.#places.values(), (place) => place.stop()), ...this.#leaving.values()]);
  }

  /** Has the source asked at once instead of waiting to be told. `atLeast`: what for, as `Flaghoist-At-Least` says it. */
  ask(environment: string, atLeast: string): void {
    this.#source.ask(environment, () => this.#places.get(environment)?.ask(atLeast));
  }

  /** Has a verified ruleset for every environment that the source was last seen to hold; for any, before it ever was. */
  get ready(): boolean {
    return this.#known?.every((id) => this.find(id) !== undefined) ?? this.anyLoaded;
  }

  get anyLoaded(): boolean {
    for (const { environment } of this.#places.values()) if (environment.current !== null) return true;
    return false;
  }

  /** Undefined until its first ruleset is verified. */
  find(id: string): Environment | undefined {
    const environment = this.#places.get(id)?.environment;
    return environment?.current ? environment : undefined;
  }

  followed(): Iterable<Followed> {
    return this.#places.values();
  }

  async #openCopies(): Promise<boolean> {
    const { folder, logger } = this.#options;
    if (folder === null) return false;
    try {
      const due = [...(await folder.environments())];
      const work = async (): Promise<void> => {
        for (let id = due.pop(); id !== undefined && !this.#stopped; id = due.pop()) await this.#follow(id);
      };
      await Promise.all(Array.from({ length: CONCURRENCY }, work));
    } catch (error) {
      logger.warn({ err: error }, 'The folder of rulesets cannot be read');
    }
    return this.anyLoaded;
  }

  #found(ids: readonly string[]): void {
    this.#known = ids;
    this.#failures = 0;
    for (const id of ids) if (!this.#places.has(id) && !this.#leaving.has(id)) void this.#follow(id);
    this.#settle();
  }

  #unavailable(error: unknown): void {
    // It is asked again within seconds; the first failure of a row is enough to know.
    if (this.#failures++ === 0)
      this.#options.logger.warn({ err: error }, 'Rulesets cannot be read from their source; serving what is here');
    this.#begun();
  }

  #settle(): void {
    if (this.#known?.every((id) => this.#places.get(id)?.tried) === true) this.#begun();
  }

  #follow(id: string): Promise<void> {
    const { folder, onChanged, ...options } = this.#options;
    const source = this.#source;
    const place = new FollowedEnvironment({
      ...options,
      id,
      transport: source.transport(id),
      pace: source.pace,
      random: () => source.random?.() ?? options.random(),
      store: folder?.open(id) ?? null,
      counts: this.counts,
      // One that is forgotten says nothing any more.
      onChanged: (environment, changed) => {
        if (this.#places.get(id) === place) onChanged(environment, changed);
      },
      onState: () => this.#settle(),
      onKeyRefused: () => source.keyRefused?.(),
    });
    this.#places.set(id, place);
    return place.start();
  }

  #forget(id: string): void {
    const { logger, onForgotten } = this.#options;
    const place = this.#places.get(id);
    if (place === undefined) return;
    this.#places.delete(id);
    logger.warn({ environment: id }, 'This edge may not follow an environment any more, and forgets it');
    onForgotten?.(place.environment);
    const leaving = this.#delete(id, place).finally(() => {
      this.#leaving.delete(id);
      // It may have been granted again meanwhile.
      if (!this.#stopped && this.#known?.includes(id) === true) void this.#follow(id);
    });
    this.#leaving.set(id, leaving);
  }

  async #delete(id: string, place: FollowedEnvironment): Promise<void> {
    const { folder, logger } = this.#options;
    await place.stop();
    await folder
      ?.forget(id)
      .catch((error: unknown) =>
        logger.error(
          { err: error, environment: id },
          'The copy of an environment that was withdrawn could not be deleted',
        ),
      );
  }
}
