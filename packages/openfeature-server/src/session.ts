/** What runs between a provider's initialization and its close. */
import {
  createExposureCounter,
  createExposureSender,
  createFollower,
  createReceiptSender,
  type ExposureCounter,
  type ExposureSender,
  type Follower,
  type Problem,
  type ReceiptSender,
  type Timers,
} from '@flaghoist/client';
import { createRegexEngine } from '@flaghoist/client/regex';
import { EXPOSURE_LIMITS } from '@flaghoist/protocol/exposures';
import type { Token } from '@flaghoist/protocol/ruleset';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setImmediate as pause } from 'node:timers/promises';
import { createSha256, randomBytes, sha256 } from '@flaghoist/runtime/crypto';
import { openOutgoingTls, type OutgoingTls } from '@flaghoist/runtime/tls';
import type { EventGate } from './event-gate.ts';
import { createNativeTransport, type NativeTransport } from './native-transport.ts';
import type { Settings } from './provider-options.ts';
import { createRulesetFile } from './ruleset-file.ts';

/** How this provider names itself in exposures and receipts. */
export const SDK = 'openfeature-server/0.1.0';
const CLOSE_DEADLINE_MS = 2_000;

/** None of these keeps a process alive. */
const TIMERS: Timers = {
  after(ms, run) {
    const timer = setTimeout(run, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
  now: () => Date.now(),
};

export class Session {
  readonly follower: Follower;
  readonly exposures: ExposureCounter;
  readonly #settings: Settings;
  readonly #gate: EventGate;
  readonly #transport: NativeTransport;
  readonly #sender: ExposureSender;
  readonly #receipts: ReceiptSender;
  readonly #watchers = new Set<() => void>();
  /** Opened by `start`, before anything is sent. */
  #tls: OutgoingTls | null = null;
  #lastProblem: Problem | null = null;
  #closed = false;

  constructor(settings: Settings, gate: EventGate) {
    this.#settings = settings;
    this.#gate = gate;
    this.#transport = createNativeTransport(settings, () => this.#tls);
    const instance = randomBytes(16).toString('base64url');
    this.exposures = createExposureCounter({ instance, sdk: SDK, now: Date.now, maxRows: EXPOSURE_LIMITS.rows });
    this.follower = this.#createFollower();
    this.#receipts = this.#createReceipts(instance);
    this.#sender = createExposureSender({
      counter: this.exposures,
      send: (body) => this.#transport.sendExposures(body),
      timers: TIMERS,
      random: Math.random,
      flushMs: settings.flushIntervalMs,
      onDropped: (evaluations, why) => settings.logger.warn(`${evaluations} exposures were dropped: ${why}.`),
    });
  }

  /** Resolves when there is a ruleset to answer from; rejects with why not when there is none in time. */
  async start(): Promise<void> {
    const { initTimeoutMs, freshWaitMs } = this.#settings;
    const deadline = performance.now() + initTimeoutMs;
    await this.#openTls();
    this.#sender.start();
    await this.follower.start();
    this.#receipts.start();
    if (this.#isReady()) {
      await this.#until(() => this.#isConfirmedOrHopeless(), freshWaitMs);
      return;
    }
    const refused = (): boolean => this.#lastProblem?.code === 'key';
    await this.#until(() => this.#isReady() || refused(), Math.max(0, deadline - performance.now()));
    if (!this.#isReady()) throw new Error(this.#whyNotReady());
  }

  /** Within two seconds: exposures are sent, the newest ruleset is on disk, and nothing runs any more. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#wake();
    let cancel = (): void => {};
    const deadline = new Promise<void>((resolve) => {
      cancel = TIMERS.after(CLOSE_DEADLINE_MS, resolve);
    });
    await Promise.all([
      this.#sender.close(CLOSE_DEADLINE_MS),
      this.#receipts.close(CLOSE_DEADLINE_MS),
      Promise.race([this.follower.stop(), deadline]),
    ]);
    cancel();
    this.#transport.close();
    this.#tls?.stop();
  }

  /** Whether this place is reached within `ms`. */
  async reached({ environment, cursor }: Token, ms: number): Promise<boolean> {
    const isReached = (): boolean => {
      const { head } = this.follower.ruleset;
      if (head === null || (environment ?? head.environment) !== head.environment) return false;
      return head.epoch === cursor.epoch ? head.revision >= cursor.revision : head.epoch > cursor.epoch;
    };
    if (ms > 0) await this.#until(isReached, ms);
    return isReached();
  }

  /** Files that cannot be read keep nobody from answering out of the last good ruleset: each request says why, until they can. */
  async #openTls(): Promise<void> {
    const { tls: sources, logger } = this.#settings;
    if (sources === null) return;
    this.#tls = await openOutgoingTls({
      sources,
      onRefused: (problem) => logger.warn(`Flaghoist: new certificates cannot be used: ${problem}`),
    });
    if (this.#closed) this.#tls.stop();
  }

  #createFollower(): Follower {
    const { dataDir, fingerprint, bootstrapFile, signatures, environment, staleAfterMs } = this.#settings;
    return createFollower({
      sha256,
      transport: this.#transport,
      timers: TIMERS,
      random: Math.random,
      regex: createRegexEngine(),
      signatures: signatures ?? undefined,
      environment: environment ?? undefined,
      staleAfterMs,
      ...(dataDir === false
        ? {}
        : { lastGood: { store: createRulesetFile(dataDir, fingerprint), createHasher: createSha256, pause } }),
      ...(bootstrapFile === null ? {} : { bootstrap: () => readFile(bootstrapFile, 'utf8') }),
      onReady: () => this.#is('ready'),
      onFresh: () => {
        this.#receipts.confirmed();
        this.#is('ready');
      },
      onStale: () =>
        this.#is('stale', `The ruleset may be out of date: ${this.#lastProblem?.message ?? 'no stream confirms it.'}`),
      onApplied: () => {
        this.#receipts.applied();
        this.#wake();
      },
      onChanged: (flagKeys) => this.#gate.changed(flagKeys),
      onProblem: (problem) => this.#onProblem(problem),
    });
  }

  #createReceipts(instance: string): ReceiptSender {
    return createReceiptSender({
      instance,
      sdk: SDK,
      host: `${hostname().slice(0, 100) || 'unknown'}/${process.pid}`,
      held: () => {
        const { head } = this.follower.ruleset;
        return {
          place: head === null ? null : [head.epoch, head.revision],
          fresh: this.follower.freshness === 'fresh',
        };
      },
      send: (body) => this.#transport.sendReceipt(body),
      timers: TIMERS,
      random: Math.random,
      elapsed: () => performance.now(),
    });
  }

  #is(status: 'ready' | 'stale', message?: string): void {
    this.#gate.set(status, message);
    this.#wake();
  }

  #onProblem(problem: Problem): void {
    this.#lastProblem = problem;
    const { logger } = this.#settings;
    const text = `Flaghoist: ${problem.message}`;
    switch (problem.code) {
      case 'key':
        logger.error(text);
        this.#gate.set('error', problem.message);
        break;
      case 'ruleset':
      case 'split':
        logger.error(text);
        this.#receipts.refused(problem.message);
        break;
      case 'unreachable':
      case 'late':
      case 'file':
        logger.warn(text);
        break;
      case 'order':
        logger.info(text);
        break;
      case 'ended':
        logger.debug(text);
        break;
    }
    this.#wake();
  }

  #isReady(): boolean {
    return this.follower.ruleset.head !== null;
  }

  /** Nothing is gained by waiting on. */
  #isConfirmedOrHopeless(): boolean {
    return this.follower.freshness === 'fresh' || this.follower.freshness === 'stale';
  }

  #whyNotReady(): string {
    const { url, initTimeoutMs } = this.#settings;
    if (this.#closed) return 'The provider was closed before it had a ruleset.';
    if (this.#lastProblem?.code === 'key') return this.#lastProblem.message;
    const last = this.#lastProblem === null ? '' : ` ${this.#lastProblem.message}`;
    return `There was no ruleset from ${url} within ${initTimeoutMs} ms and no file holds one.${last} The provider goes on trying.`;
  }

  #wake(): void {
    for (const watcher of this.#watchers) watcher();
  }

  /** Resolves once the condition holds, `ms` have passed or the session is closed. Keeps the process alive meanwhile. */
  #until(condition: () => boolean, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (condition() || this.#closed) settle();
      };
      const settle = (): void => {
        clearTimeout(timer);
        this.#watchers.delete(look);
        resolve();
      };
      const timer = setTimeout(settle, ms);
      this.#watchers.add(look);
      look();
    });
  }
}
