/** One environment that is followed: the client's machine keeps it, this says what came of it. */
import {
  type CheckSignature,
  createFollower,
  type Follower,
  type LastGoodStore,
  type Loaded,
  type Pace,
  type Problem,
  type RefusedContent,
  type Timers,
  type Transport,
} from '@flaghoist/client';
import type { RegexEngine } from '@flaghoist/evaluator';
import type { EntityLine, Sha256 } from '@flaghoist/protocol/ruleset';
import { createSha256 } from '@flaghoist/runtime/crypto';
import type { Logger } from '@flaghoist/runtime/telemetry';
import { withDeadline } from '../deadline.ts';
import { Environment, type EnvironmentOptions } from './environment.ts';
import type { Compress } from './snapshot.ts';

/** Why the newest ruleset is not the one that is served. */
export type Refused = RefusedContent;

/** What became of rulesets since the start, of all environments together. */
export interface ReplicaCounts {
  /** Rulesets that were refused, by why: each once, however often it is tried. */
  readonly rejected: Map<string, number>;
  /** Copies that a start began with. */
  readonly loaded: { newer: number; older: number };
  /** Problems with what is kept on disk: each once, until all was well again. */
  fileProblems: number;
}

export interface FollowedEnvironmentOptions {
  readonly id: string;
  readonly transport: Transport;
  readonly pace: Pace | undefined;
  /** Null: nothing is kept over a restart. */
  readonly store: LastGoodStore | null;
  readonly sha256: Sha256;
  readonly regex: RegexEngine;
  /** Absent: heads need no signature. */
  readonly signatures?: CheckSignature | null;
  readonly timers: Timers;
  readonly random: () => number;
  readonly pause: () => Promise<void>;
  readonly compress?: Compress | undefined;
  readonly counts: ReplicaCounts;
  readonly logger: Logger;
  readonly limits: EnvironmentOptions['limits'] & { readonly diskDeadlineMs: number };
  readonly onChanged: (environment: Environment, changed: readonly EntityLine[]) => void;
  /** Whether there is a ruleset, and whether it is the newest, may have changed. */
  readonly onState: () => void;
  readonly onKeyRefused: () => void;
}

export class FollowedEnvironment {
  readonly environment: Environment;
  readonly #options: FollowedEnvironmentOptions;
  readonly #follower: Follower;
  #refused: Refused | null = null;
  /** What was said last, so that it is said once. */
  #complaint: string | null = null;
  #answered = false;

  constructor(options: FollowedEnvironmentOptions) {
    this.#options = options;
    const { id, sha256, regex, signatures = null, pause, compress, limits, onChanged } = options;
    const environment: Environment = new Environment({
      id,
      sha256,
      regex,
      signatures,
      pause,
      compress,
      limits,
      onChanged: (changed) => onChanged(environment, changed),
    });
    this.environment = environment;
    this.#follower = this.#createFollower();
  }

  /** Null once the newest is served. */
  get refused(): Refused | null {
    return this.#refused;
  }

  get provenAt(): number | null {
    return this.#follower.provenAt;
  }

  get fresh(): boolean {
    return this.#follower.freshness === 'fresh';
  }

  get confirmed(): boolean {
    return this.#follower.confirmed;
  }

  /** Whether the source was asked, and what it said is served or refused. */
  get tried(): boolean {
    return this.#refused !== null || (this.#answered && this.environment.current !== null);
  }

  /** Resolves once the copy on disk was looked at and the source was asked. */
  start(): Promise<void> {
    return this.#follower.start();
  }

  /** Resolves when the newest ruleset was saved, or could not be in time. */
  async stop(): Promise<void> {
    const { limits, timers, logger } = this.#options;
    const stopped = this.#follower.stop();
    await withDeadline(stopped, limits.diskDeadlineMs, 'Saving a ruleset', timers).catch((error: unknown) =>
      logger.warn({ err: error }, 'A ruleset could not be saved in time'),
    );
  }

  /** `atLeast`: as `Flaghoist-At-Least` says it. */
  ask(atLeast: string): void {
    this.#follower.ask(atLeast);
  }

  news(): void {
    this.#follower.news();
  }

  #createFollower(): Follower {
    const { id, transport, pace, store, sha256, regex, timers, random, pause } = this.#options;
    const { environment } = this;
    const content = () => environment.content();
    const lastGood =
      store === null ? null : { store: this.#bounded(store), createHasher: createSha256, pause, content };
    return createFollower({
      sha256,
      transport,
      timers,
      random,
      regex,
      ...(pace === undefined ? {} : { pace }),
      copy: { ruleset: environment.copy, environment: id },
      ...(lastGood === null ? {} : { lastGood }),
      onLoaded: (loaded, applied) => {
        environment.apply(applied);
        this.#loaded(loaded);
      },
      onApplied: (applied) => environment.apply(applied),
      onResigned: () => environment.resigned(),
      onFresh: () => this.#fresh(),
      onProblem: (problem) => this.#problem(problem),
    });
  }

  /** A disk that hangs is not waited for. */
  #bounded(store: LastGoodStore): LastGoodStore {
    const { limits, timers } = this.#options;
    return {
      load: () => withDeadline(store.load(), limits.diskDeadlineMs, 'Reading a saved ruleset', timers),
      save: (chunks, keepPrevious) => store.save(chunks, keepPrevious),
      mark: (text) => store.mark(text),
      unmark: () => store.unmark(),
      forgetMarks: () => store.forgetMarks(),
      saveQuarantine: (text) => store.saveQuarantine(text),
      saveProven: (text) => store.saveProven(text),
    };
  }

  #loaded({ savedAt, generation }: Loaded): void {
    this.#options.counts.loaded[generation]++;
    const details = { environment: this.environment.id, ruleset: this.environment.current?.token, savedAt, generation };
    this.#options.logger.info(details, 'A ruleset was loaded from disk');
  }

  #fresh(): void {
    const { logger, onState } = this.#options;
    if (this.#refused !== null)
      logger.info({ environment: this.environment.id }, 'The environment can be applied again');
    this.#refused = null;
    this.#complaint = null;
    this.#answered = true;
    onState();
  }

  #problem({ code, message, refused }: Problem): void {
    const { logger, onState, onKeyRefused, counts } = this.#options;
    const { id, current } = this.environment;
    if (code === 'file') {
      counts.fileProblems++;
      logger.warn({ environment: id, problem: message }, 'The copy on disk has a problem');
      return;
    }
    if (refused !== undefined) this.#refuse(refused);
    else if (code !== 'ended' && this.#complaint !== code) {
      this.#complaint = code;
      logger.warn(
        { environment: id, code, problem: message, serving: current?.token ?? null },
        'An environment cannot be followed',
      );
    }
    this.#answered = true;
    onState();
    if (code === 'key') onKeyRefused();
  }

  #refuse(refused: Refused): void {
    const { id, current } = this.environment;
    const details = { environment: id, reason: refused.reason, problem: refused.message };
    const { logger, counts } = this.#options;
    if (this.#refused?.message !== refused.message) {
      logger.error({ ...details, serving: current?.token ?? null }, 'A ruleset was refused');
      counts.rejected.set(refused.reason, (counts.rejected.get(refused.reason) ?? 0) + 1);
    }
    this.#refused = refused;
  }
}
