/**
 * The replica: follows the bus, one verified copy per environment.
 *
 * Messages are applied in order; a gap or a refusal is answered by reading from the newest checkpoint. What cannot be
 * applied either is refused, the last good ruleset goes on being served, and the environment is read again a little
 * later, at most every `refusedRetryMs`. An environment that vanishes from the bus is kept: empty never means no flags.
 *
 * What was applied is kept on disk, where there is one, and is what a replica begins with, before the bus is asked.
 */
import { LastGood } from '@flaghoist/client';
import type { LogMessage, OrderedLog, Subscription } from '@flaghoist/bus';
import type { RegexEngine } from '@flaghoist/evaluator';
import type { EntityLine, Sha256 } from '@flaghoist/protocol/ruleset';
import { createSha256 } from '@flaghoist/runtime/crypto';
import { createPoint } from '@flaghoist/runtime/points';
import type { Logger } from '@flaghoist/runtime/telemetry';
import { setImmediate as pause } from 'node:timers/promises';
import { withDeadline } from '../deadline.ts';
import { Environment, type Refused } from './environment.ts';
import type { WindowLimits } from './patch-window.ts';
import type { RulesetFolder } from './ruleset-folder.ts';

export interface ReplicaOptions {
  readonly log: OrderedLog;
  /** Null: nothing is kept over a restart. */
  readonly folder: RulesetFolder | null;
  readonly logger: Logger;
  readonly sha256: Sha256;
  readonly regex: RegexEngine;
  /** Milliseconds. */
  readonly now: () => number;
  readonly random: () => number;
  readonly limits: WindowLimits & {
    readonly patchBytes: number;
    readonly busDeadlineMs: number;
    readonly diskDeadlineMs: number;
    readonly refusedRetryMs: number;
  };
  readonly onChanged: (environment: Environment, changed: readonly EntityLine[]) => void;
}

export interface Followed {
  readonly environment: Environment;
  readonly refused: Refused | null;
  /** When it was last known to be what the bus held, or saved when it comes from disk; null: never. */
  readonly provenAt: number | null;
  /** Whether the bus has said so since this process started. */
  readonly confirmed: boolean;
}

interface Place extends Followed {
  readonly environment: Environment;
  /** The last message that was applied, or known before; null: nothing of this stream yet. */
  position: number | null;
  id: string | null;
  refused: Refused | null;
  /** Id of the newest message when it was refused. */
  refusedAt: string | null;
  provenAt: number | null;
  confirmed: boolean;
  readonly lastGood: LastGood | null;
  /** Resolves once its copy on disk has been looked at; null: that was not begun. */
  opened: Promise<void> | null;
  failures: number;
  retryAt: number;
}

const READ_MESSAGES = 50;
const RETRY_BASE_MS = 250;
/** How long a start with copies on disk waits for the bus to say something newer. */
const DISK_START_MS = 1_000;
/** Environments read at the same moment: one slow read must not hold up the others. */
const CONCURRENCY = 4;
/** What is longer takes long to apply, and has a turn of the event loop to itself: 10,000 flags take some 0.1 s. */
const LONG_BYTES = 64 << 10;

const taking = createPoint('replica.taking');
const taken = createPoint('replica.taken');

export class Replica {
  readonly #options: ReplicaOptions;
  readonly #places = new Map<string, Place>();
  #subscription: Subscription | null = null;
  /** Streams that had a head when the bus was last asked; null: it never answered. */
  #known: readonly string[] | null = null;
  #busFailures = 0;
  #stopped = false;
  /** Resolves when the turn of whoever applies something long last has come. */
  #turns: Promise<unknown> = Promise.resolve();

  constructor(options: ReplicaOptions) {
    this.#options = options;
  }

  /**
   * Applies what is on disk, then asks the bus. Resolves once every environment on it is verified, or refused and said to
   * be; or once the bus has not answered: what is here is served meanwhile, and the bus is asked on. With something to
   * serve from disk it waits no longer than `DISK_START_MS`.
   */
  async start(): Promise<void> {
    const copies = await this.#openCopies();
    let cancel = (): void => {};
    const enough = new Promise<void>((resolve) => {
      if (!copies) return;
      const timer = setTimeout(resolve, DISK_START_MS);
      cancel = () => clearTimeout(timer);
    });
    await Promise.race([this.#followBus(), enough]);
    cancel();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#subscription?.stop();
    await Promise.all(Array.from(this.#places.values(), ({ lastGood }) => this.#close(lastGood)));
  }

  /** Asks the bus at once instead of waiting to be told. */
  ask(): void {
    this.#subscription?.request();
  }

  /** Has a verified ruleset for every environment that the bus was last seen to hold; for any, before it was ever seen. */
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

  async #followBus(): Promise<void> {
    const answered = await this.#pass();
    const tried = answered && this.#allTried();
    await new Promise<void>((resolve) => {
      if (!answered || tried || this.#stopped) resolve();
      if (this.#stopped) return;
      this.#subscription = this.#options.log.follow(async () => {
        if ((await this.#pass()) && this.#allTried()) resolve();
      });
    });
  }

  /** Whether there is something to serve now. */
  async #openCopies(): Promise<boolean> {
    const { folder, logger } = this.#options;
    if (folder === null) return false;
    try {
      const due = [...(await folder.environments())];
      const work = async (): Promise<void> => {
        for (let id = due.pop(); id !== undefined; id = due.pop()) await this.#open(this.#placeOf(id));
      };
      await Promise.all(Array.from({ length: CONCURRENCY }, work));
    } catch (error) {
      logger.warn({ err: error }, 'The folder of rulesets cannot be read');
    }
    return this.anyLoaded;
  }

  /** Applies the copy on disk, once; a disk that hangs is not waited for. */
  async #open(place: Place): Promise<void> {
    const { logger, limits } = this.#options;
    place.opened ??= this.#load(place);
    try {
      await withDeadline(place.opened, limits.diskDeadlineMs, 'Reading a saved ruleset');
    } catch (error) {
      logger.warn({ err: error, environment: place.environment.id }, 'A saved ruleset cannot be read');
    }
  }

  async #load({ environment, lastGood }: Place): Promise<void> {
    const loaded = await lastGood?.load((blocks) => environment.restore(blocks));
    const place = this.#places.get(environment.id);
    if (loaded == null || place === undefined) return;
    place.provenAt ??= Math.min(loaded.savedAt, this.#options.now());
    const details = { environment: environment.id, ruleset: environment.current?.token, savedAt: loaded.savedAt };
    this.#options.logger.info({ ...details, generation: loaded.generation }, 'A ruleset was loaded from disk');
  }

  async #close(lastGood: LastGood | null): Promise<void> {
    const { limits, logger } = this.#options;
    if (lastGood === null) return;
    await withDeadline(lastGood.close(), limits.diskDeadlineMs, 'Saving a ruleset').catch((error: unknown) =>
      logger.warn({ err: error }, 'A ruleset could not be saved in time'),
    );
  }

  #allTried(): boolean {
    const tried = (place: Place | undefined) =>
      place !== undefined && (place.environment.current ?? place.refused) !== null;
    return this.#known?.every((id) => tried(this.#places.get(id))) ?? false;
  }

  /** False when the bus did not answer. */
  async #pass(): Promise<boolean> {
    const { log, now, logger, limits } = this.#options;
    try {
      const startedAt = now();
      const heads = await withDeadline(log.heads(), limits.busDeadlineMs, 'Reading the heads of the bus');
      this.#known = [...heads.keys()];
      const due = [...heads];
      const work = async (): Promise<void> => {
        for (let next = due.pop(); next !== undefined; next = due.pop())
          await this.#catchUp(next[0], next[1], startedAt);
      };
      await Promise.all(Array.from({ length: CONCURRENCY }, work));
      this.#busFailures = 0;
      return true;
    } catch (error) {
      // The bus calls again within a second; the first failure of a row is enough to know.
      if (this.#busFailures++ === 0) logger.warn({ err: error }, 'The bus cannot be read; serving what is here');
      return false;
    }
  }

  async #catchUp(id: string, head: { readonly position: number; readonly id: string }, askedAt: number): Promise<void> {
    const place = this.#placeOf(id);
    if (place.position === head.position && place.id === head.id) {
      place.provenAt = askedAt;
      return;
    }
    await this.#open(place);
    // What comes after a quarantined ruleset ends the quarantine: it is not kept waiting for the ruleset's sake.
    const lifted = place.refused?.reason === 'quarantine' && place.refusedAt !== head.id;
    if (askedAt < place.retryAt && !lifted) return;
    try {
      const refused = (await this.#readOn(place, head)) ?? null;
      if (refused === null) this.#accept(place, askedAt);
      else {
        place.refusedAt = head.id;
        this.#refuse(place, refused);
      }
    } catch (error) {
      this.#postpone(place);
      this.#options.logger.warn({ err: error, environment: id }, 'An environment cannot be read from the bus');
    }
  }

  /** What stopped it before the end of the stream, if anything did. */
  async #readOn(place: Place, head: { readonly position: number }): Promise<Refused | null> {
    while (place.position !== null && place.position < head.position) {
      const messages = await this.#read(
        this.#options.log.readAfter(place.environment.id, place.position, READ_MESSAGES),
      );
      if (messages.length === 0 || take(place, messages) !== null) break;
      if (place.position >= head.position) return null;
    }
    // A gap, a refusal, or a stream that was made anew and is another one than was read before.
    const messages = await this.#read(this.#options.log.readFromCheckpoint(place.environment.id));
    place.position = null;
    place.id = null;
    return messages.length === 0
      ? { reason: 'checkpoint', message: 'The bus holds no checkpoint of this environment.' }
      : take(place, messages);
  }

  async #read(reading: Promise<readonly LogMessage[]>): Promise<readonly LogMessage[]> {
    const messages = await withDeadline(reading, this.#options.limits.busDeadlineMs, 'Reading the bus');
    const bytes = messages.reduce((sum, { body }) => sum + body.length, 0);
    if (bytes > LONG_BYTES) {
      this.#turns = this.#turns.then(() => pause());
      await this.#turns;
    }
    return messages;
  }

  #accept(place: Place, askedAt: number): void {
    if (place.refused !== null)
      this.#options.logger.info({ environment: place.environment.id }, 'The environment can be applied again');
    place.refused = null;
    place.failures = 0;
    place.retryAt = Number.NEGATIVE_INFINITY;
    place.provenAt = askedAt;
    place.confirmed = true;
  }

  #refuse(place: Place, refused: Refused): void {
    const { logger } = this.#options;
    const { environment } = place;
    const details = { environment: environment.id, reason: refused.reason, problem: refused.message };
    if (place.refused?.message !== refused.message)
      logger.error({ ...details, serving: environment.current?.token ?? null }, 'A ruleset was refused');
    place.refused = refused;
    this.#postpone(place);
  }

  #postpone(place: Place): void {
    const { now, random, limits } = this.#options;
    const ceiling = Math.min(limits.refusedRetryMs, RETRY_BASE_MS * 2 ** Math.min(place.failures, 20));
    place.failures++;
    place.retryAt = now() + ceiling * (0.5 + random() / 2);
  }

  #placeOf(id: string): Place {
    const known = this.#places.get(id);
    if (known !== undefined) return known;
    const { sha256, regex, limits, onChanged } = this.#options;
    const environment: Environment = new Environment({
      id,
      sha256,
      regex,
      limits,
      onChanged: (changed) => onChanged(environment, changed),
    });
    const place: Place = {
      environment,
      position: null,
      id: null,
      refused: null,
      refusedAt: null,
      provenAt: null,
      confirmed: false,
      lastGood: this.#createLastGood(environment),
      opened: null,
      failures: 0,
      retryAt: Number.NEGATIVE_INFINITY,
    };
    this.#places.set(id, place);
    return place;
  }

  #createLastGood(environment: Environment): LastGood | null {
    const { folder, sha256, now, logger } = this.#options;
    const store = folder?.open(environment.id) ?? null;
    if (store === null) return null;
    return new LastGood({
      store,
      sha256,
      createHasher: createSha256,
      timers: { after, now },
      pause,
      content: () => environment.content(),
      onProblem: (problem) => logger.warn({ environment: environment.id, problem }, 'The copy on disk has a problem'),
    });
  }
}

function after(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}

/** Applies messages in order up to the first that is refused or out of order; the place moves along. */
function take(place: Place, messages: readonly LogMessage[]): Refused | null {
  for (const [index, message] of messages.entries()) {
    if (place.position !== null && message.position !== place.position + 1)
      return {
        reason: 'gap',
        message: `The bus lacks the messages between ${place.position} and ${message.position}.`,
      };
    taking();
    const refused = place.environment.take(message, place.lastGood, index < messages.length - 1);
    taken();
    if (refused !== null) {
      if (index > 0) place.environment.settle(place.lastGood);
      return refused;
    }
    place.position = message.position;
    place.id = message.id;
  }
  return null;
}
