/** OpenFeature provider: evaluates in this process, over a copy of the environment's ruleset that follows the server. */
import { type Evaluation, type EvaluationContext, evaluate, type FlagType, isOwnError } from '@flaghoist/evaluator';
import {
  type EvaluationContext as OpenFeatureContext,
  type JsonValue,
  OpenFeatureEventEmitter,
  type Provider,
  ProviderNotReadyError,
  type ResolutionDetails,
} from '@openfeature/server-sdk';
import { toEvaluationContext } from './evaluation-context.ts';
import { EventGate } from './event-gate.ts';
import { checkOptions, type FlaghoistProviderOptions, type Settings } from './provider-options.ts';
import { AT_LEAST_LONGEST_MS, AT_LEAST_WAIT_MS, formatToken, parseToken } from '@flaghoist/protocol/ruleset';
import { isOfType, NOT_READY_MESSAGE, notReady, toResolution } from './resolution.ts';
import { Session } from './session.ts';

const NOT_READY: Evaluation = Object.freeze({
  reason: 'ERROR',
  errorCode: 'GENERAL',
  errorMessage: NOT_READY_MESSAGE,
});

/**
 * Evaluations never wait, never throw and never fail because a server is away: the last good ruleset answers. Values of
 * object flags are frozen and shared; copy one before changing it.
 */
export class FlaghoistProvider implements Provider {
  readonly metadata = { name: 'flaghoist' } as const;
  readonly runsOn = 'server';
  readonly hooks = [];
  readonly events = new OpenFeatureEventEmitter();
  readonly #settings: Settings;
  #session: Session | null = null;

  /** Throws TypeError naming the option that is wrong. Nothing is read, written or requested before `initialize`. */
  constructor(options: FlaghoistProviderOptions) {
    this.#settings = checkOptions(options);
  }

  /**
   * Resolves once there is a ruleset. One from a file is enough: then the server has `freshWaitMs` to confirm it, or less
   * when it cannot be reached. Without one, rejects after `initTimeoutMs`, or at once when the server refuses the key; the
   * provider goes on trying and emits READY when it has a ruleset after all.
   */
  async initialize(): Promise<void> {
    await this.onClose();
    const gate = new EventGate(this.events);
    const session = new Session(this.#settings, gate);
    this.#session = session;
    // OpenFeature sets its own status when this promise settles; what differs from it is said right after.
    const openSoon = (told: 'ready' | 'error'): void => {
      gate.settle();
      setImmediate(() => {
        if (this.#session === session) gate.open(told);
      });
    };
    try {
      await session.start();
      openSoon('ready');
    } catch (error) {
      openSoon('error');
      throw new ProviderNotReadyError(error instanceof Error ? error.message : String(error));
    }
  }

  /** Stops following; sends what was counted, for two seconds at most. `initialize` begins again. */
  async onClose(): Promise<void> {
    const session = this.#session;
    this.#session = null;
    await session?.close();
  }

  /**
   * Where the ruleset that answers now stands: `environment:epoch.revision`. Hand it to another service, for example as the
   * member `flaghoist-at-least` of W3C baggage, so that it does not answer from an older one. Null: there is no ruleset yet.
   */
  get token(): string | null {
    const head = this.#session?.follower.ruleset.head ?? null;
    return head === null ? null : formatToken(head.environment, head);
  }

  /**
   * Resolves to true as soon as the ruleset here is at least as new as the one a token stands for, and to false when it is
   * not after `waitMs` (default 500, 5,000 at most), is of another environment, or the provider is closed. Never rejects
   * for a token that is well-formed.
   *
   * @throws {TypeError} The text is not a token.
   */
  async atLeast(token: string, { waitMs = AT_LEAST_WAIT_MS }: { readonly waitMs?: number } = {}): Promise<boolean> {
    const place = parseToken(token);
    if (place === null) throw new TypeError(`A token is environment:epoch.revision or epoch.revision, not "${token}".`);
    return (await this.#session?.reached(place, Math.min(Math.max(0, waitMs), AT_LEAST_LONGEST_MS))) ?? false;
  }

  /**
   * The evaluation itself, for hot paths: without OpenFeature's hooks, contexts and promises. Counted as an exposure. The
   * context is taken as JSON: a Date must be an ISO text already.
   */
  evaluate(flagKey: string, context: EvaluationContext = {}): Evaluation {
    const session = this.#session;
    const copy = session?.follower.ruleset;
    const evaluation = copy?.head ? evaluate(copy.ruleset, flagKey, context, this.#settings.moment()) : NOT_READY;
    session?.exposures.record(flagKey, evaluation, copy?.head?.revision ?? 0);
    if (evaluation.reason === 'ERROR' && isOwnError(evaluation)) session?.erred();
    return evaluation;
  }

  resolveBooleanEvaluation(
    flagKey: string,
    defaultValue: boolean,
    context: OpenFeatureContext,
  ): Promise<ResolutionDetails<boolean>> {
    return Promise.resolve(this.#resolve('boolean', flagKey, defaultValue, context));
  }

  resolveStringEvaluation(
    flagKey: string,
    defaultValue: string,
    context: OpenFeatureContext,
  ): Promise<ResolutionDetails<string>> {
    return Promise.resolve(this.#resolve('string', flagKey, defaultValue, context));
  }

  resolveNumberEvaluation(
    flagKey: string,
    defaultValue: number,
    context: OpenFeatureContext,
  ): Promise<ResolutionDetails<number>> {
    return Promise.resolve(this.#resolve('number', flagKey, defaultValue, context));
  }

  resolveObjectEvaluation<T extends JsonValue>(
    flagKey: string,
    defaultValue: T,
    context: OpenFeatureContext,
  ): Promise<ResolutionDetails<T>> {
    return Promise.resolve(this.#resolve('object', flagKey, defaultValue, context));
  }

  #resolve<T>(type: FlagType, flagKey: string, defaultValue: T, context: OpenFeatureContext): ResolutionDetails<T> {
    const session = this.#session;
    const copy = session?.follower.ruleset;
    const head = copy?.head;
    if (session === null || copy === undefined || !head) {
      session?.exposures.record(flagKey, NOT_READY, 0);
      return notReady(defaultValue);
    }
    const evaluation = evaluate(copy.ruleset, flagKey, toEvaluationContext(context), this.#settings.moment());
    if (evaluation.reason === 'ERROR' && isOwnError(evaluation)) session.erred();
    const { value } = evaluation;
    const served = value === undefined || isOfType(type, value);
    session.exposures.record(flagKey, served ? evaluation : { reason: 'ERROR' }, head.revision);
    const answered = { epoch: head.epoch, revision: head.revision, stale: session.follower.freshness === 'stale' };
    return toResolution(type, flagKey, defaultValue, evaluation, answered);
  }
}
