/** Performs what the follower's machine asks for, over a transport and timers that are handed in. */
import type { RegexEngine } from '@flaghoist/evaluator';
import { type Block, formatCursor, hashHead, parseBlocks, type Sha256 } from '@flaghoist/protocol/ruleset';
import { createEventStreamParser, type ServerSentEvent } from './event-stream-parser.ts';
import { initialState, step } from './follower-machine.ts';
import type { FollowerAction, FollowerEvent, FollowerState, Problem, StateName, TimerName } from './follower-state.ts';
import { LastGood, type LastGoodOptions } from './last-good.ts';
import { type Place, placeOf } from './place.ts';
import type { CheckSignature } from './ruleset-copy.ts';
import { parseBootstrap } from './stored-ruleset.ts';
import { touchedFlags } from './touched-flags.ts';
import type { Failure, Random, Timers, Transport } from './transport.ts';
import { VerifiedRuleset } from './verified-ruleset.ts';

export interface FollowerOptions {
  readonly sha256: Sha256;
  readonly transport: Transport;
  readonly timers: Timers;
  readonly random: Random;
  /** Null: evaluations that reach a regular expression answer an error. */
  readonly regex: RegexEngine | null;
  /** What a head's signature is checked by before anything else of a ruleset is; absent: it needs none. */
  readonly signatures?: CheckSignature | undefined;
  /** The id of the environment to follow; absent: that of the first ruleset. */
  readonly environment?: string | undefined;
  /** Default: 2000. */
  readonly staleAfterMs?: number;
  /** Where the last good ruleset is kept over a restart. */
  readonly lastGood?: Pick<LastGoodOptions, 'store' | 'createHasher' | 'pause'>;
  /** Read when the store holds nothing that can be used: a stored ruleset, or a snapshot as the native door sends it. */
  readonly bootstrap?: () => Promise<string | null>;
  /** What one of these throws surfaces as an uncaught error; the follower goes on. */
  readonly onReady?: () => void;
  /** A newer ruleset is held, whether or not any flag answers differently. */
  readonly onApplied?: () => void;
  /** Keys of the flags that may answer differently now; not called for the first ruleset. */
  readonly onChanged?: (flagKeys: readonly string[]) => void;
  readonly onFresh?: () => void;
  readonly onStale?: () => void;
  readonly onProblem?: (problem: Problem) => void;
}

export interface Follower {
  /** Resolves once the files were looked at and the first request has begun. Never rejects. */
  start(): Promise<void>;
  /** Ends requests and timers at once; resolves when the newest ruleset was saved. What is held goes on answering. */
  stop(): Promise<void>;
  /** The last good ruleset; empty until `onReady`. The object itself is another one after an environment was replaced. */
  readonly ruleset: VerifiedRuleset;
  readonly state: StateName;
  readonly freshness: FollowerState['freshness'];
}

export function createFollower(options: FollowerOptions): Follower {
  return new Driver(options);
}

const DEFAULT_STALE_AFTER_MS = 2_000;

class Driver implements Follower {
  readonly #options: FollowerOptions;
  readonly #lastGood: LastGood | null;
  readonly #timers = new Map<TimerName, () => void>();
  readonly #queue: FollowerEvent[] = [];
  #state: FollowerState;
  #ruleset: VerifiedRuleset;
  #cancelAttempt: (() => void) | null = null;
  #stepping = false;

  constructor(options: FollowerOptions) {
    this.#options = options;
    this.#state = initialState(options.staleAfterMs ?? DEFAULT_STALE_AFTER_MS);
    this.#ruleset = this.#emptyRuleset();
    this.#lastGood = options.lastGood === undefined ? null : this.#createLastGood(options.lastGood);
  }

  get ruleset(): VerifiedRuleset {
    return this.#ruleset;
  }

  get state(): StateName {
    return this.#state.name;
  }

  get freshness(): FollowerState['freshness'] {
    return this.#state.freshness;
  }

  async start(): Promise<void> {
    const { bootstrap } = this.#options;
    const loaded = await this.#lastGood?.load((blocks) => this.#ruleset.applyBlocks(blocks));
    const found = loaded != null || (bootstrap !== undefined && (await this.#begin(bootstrap)));
    this.#dispatch({ type: 'start', mine: found ? this.#place() : null });
  }

  async stop(): Promise<void> {
    this.#dispatch({ type: 'stop' });
    await this.#lastGood?.close();
  }

  /** Whether there is a ruleset now. */
  async #begin(read: () => Promise<string | null>): Promise<boolean> {
    try {
      const text = await read();
      if (text === null) return false;
      const file = parseBootstrap(this.#options.sha256, text);
      const result = file.ok ? this.#applyFirst(file.blocks) : file;
      if (!result.ok) this.#report('file', `The bootstrap file is ignored: ${result.message}`);
      return result.ok;
    } catch (error) {
      this.#report('file', `The bootstrap file could not be read: ${describeError(error)}`);
      return false;
    }
  }

  #applyFirst(blocks: readonly Block[]): { readonly ok: true } | { readonly ok: false; readonly message: string } {
    const last = blocks.at(-1);
    const message = last === undefined ? null : (this.#lastGood?.refusal(this.#placeOf(last)) ?? null);
    return message === null ? this.#ruleset.applyBlocks(blocks) : { ok: false, message };
  }

  #dispatch(event: FollowerEvent): void {
    this.#queue.push(event);
    if (this.#stepping) return;
    this.#stepping = true;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      const { state, actions } = step(this.#state, next);
      this.#state = state;
      for (const action of actions) this.#perform(action);
    }
    this.#stepping = false;
  }

  #perform(action: FollowerAction): void {
    const { onReady, onFresh, onStale } = this.#options;
    switch (action.type) {
      case 'fetch':
        this.#fetch(action.attempt, action.etag);
        break;
      case 'connect':
        this.#connect(action.attempt, action.after);
        break;
      case 'cancel':
        this.#cancelAttempt?.();
        this.#cancelAttempt = null;
        break;
      case 'apply':
        this.#apply(action);
        break;
      case 'setTimer':
        this.#setTimer(action.timer, action.minMs + this.#options.random() * (action.maxMs - action.minMs));
        break;
      case 'clearTimer':
        this.#timers.get(action.timer)?.();
        this.#timers.delete(action.timer);
        break;
      case 'ready':
        this.#tell(onReady);
        break;
      case 'fresh':
        this.#tell(onFresh);
        break;
      case 'stale':
        this.#tell(onStale);
        break;
      case 'problem':
        this.#report(action.problem.code, action.problem.message);
        break;
    }
  }

  #fetch(attempt: number, etag: string | null): void {
    this.#cancelAttempt = this.#options.transport.fetch(etag, {
      onRuleset: (text) => {
        const blocks = parseBlocks(text);
        const last = blocks?.at(-1);
        if (blocks === null || last === undefined)
          this.#dispatch({ type: 'malformed', attempt, message: 'The snapshot is not a whole ruleset.' });
        else if (this.#isSigned(attempt, blocks))
          this.#dispatch({ type: 'snapshot', attempt, blocks, place: this.#placeOf(last) });
      },
      onUnchanged: () => this.#dispatch({ type: 'unchanged', attempt }),
      onFailure: (failure) => this.#fail(attempt, failure),
    });
  }

  #connect(attempt: number, after: Place): void {
    const parser = createEventStreamParser((event) => this.#onStreamEvent(attempt, event));
    this.#cancelAttempt = this.#options.transport.connect(formatCursor(after), {
      onOpen: () => this.#dispatch({ type: 'opened', attempt }),
      onText: (text) => {
        this.#dispatch({ type: 'heard', attempt });
        if (!parser.push(text)) this.#malformed(attempt, 'The stream sent an event that is too large.');
      },
      onFailure: (failure) => this.#fail(attempt, failure),
    });
  }

  #onStreamEvent(attempt: number, { event, data }: ServerSentEvent): void {
    if (event === 'reset') this.#dispatch({ type: 'reset', attempt });
    if (event === 'head') {
      const blocks = parseBlocks(`${data}\n`);
      const [block] = blocks ?? [];
      if (block === undefined || blocks?.length !== 1 || block.entities.length > 0)
        this.#malformed(attempt, 'The stream sent a head that cannot be read.');
      else if (this.#isSigned(attempt, [block])) this.#onHead(attempt, block);
    }
    if (event === 'patch') {
      const blocks = parseBlocks(data.endsWith('\n') ? data : `${data}\n`);
      const [block] = blocks ?? [];
      if (block === undefined || blocks?.length !== 1)
        this.#malformed(attempt, 'The stream sent a patch that cannot be read.');
      else if (this.#isSigned(attempt, [block]))
        this.#dispatch({ type: 'patch', attempt, blocks: [block], place: this.#placeOf(block) });
    }
  }

  /** Looked at before anything else: what is not signed as it should be says nothing, not even where its server stands. */
  #isSigned(attempt: number, blocks: readonly Block[]): boolean {
    const refusal = this.#ruleset.checkSigned(blocks);
    if (refusal !== null) this.#malformed(attempt, refusal.message);
    return refusal === null;
  }

  #onHead(attempt: number, block: Block): void {
    const place = this.#placeOf(block);
    // Signed anew with another key: the copy on disk is worth something only with a signature that is trusted tomorrow.
    if (this.#ruleset.resign(block)) this.#lastGood?.applied(place);
    this.#dispatch({ type: 'head', attempt, place });
  }

  #malformed(attempt: number, message: string): void {
    this.#dispatch({ type: 'malformed', attempt, message });
  }

  #fail(attempt: number, { status, retryAfterMs, unanswered = false, message }: Failure): void {
    this.#dispatch({ type: 'failed', attempt, status, retryAfterMs, unanswered, message });
  }

  #apply({ mode, blocks, place }: FollowerAction & { readonly type: 'apply' }): void {
    const quarantine = this.#lastGood?.refusal(place) ?? null;
    if (quarantine !== null) {
      this.#queue.unshift({ type: 'rejected', place, reason: 'quarantine', message: quarantine });
      return;
    }
    this.#lastGood?.trying(place);
    const before = this.#ruleset;
    const ruleset = mode === 'replace' ? this.#emptyRuleset() : before;
    const first = before.head === null;
    const [block] = blocks;
    const result = mode === 'patch' && block !== undefined ? ruleset.applyPatch(block) : ruleset.applyBlocks(blocks);
    // In front of what came in meanwhile: the machine is told before anything else happens.
    if (!result.ok) {
      this.#queue.unshift({ type: 'rejected', place, reason: result.reason, message: result.message });
      return;
    }
    this.#queue.unshift({ type: 'applied', place });
    this.#ruleset = ruleset;
    this.#lastGood?.applied(place);
    this.#tell(this.#options.onApplied);
    const changed = mode === 'replace' ? [...before.entities(), ...result.changed] : result.changed;
    const { onChanged } = this.#options;
    const keys = first || onChanged === undefined ? [] : touchedFlags(ruleset, changed);
    if (keys.length > 0) this.#tell(() => onChanged?.(keys));
  }

  #setTimer(name: TimerName, ms: number): void {
    this.#timers.get(name)?.();
    const cancel = this.#options.timers.after(ms, () => {
      this.#timers.delete(name);
      this.#dispatch({ type: 'timer', timer: name });
    });
    this.#timers.set(name, cancel);
  }

  #place(): Place | null {
    const { head, headHash } = this.#ruleset;
    return head === null ? null : placeOf(head, headHash);
  }

  #placeOf(block: Block): Place {
    return placeOf(block.head, hashHead(this.#options.sha256, block.head));
  }

  #emptyRuleset(): VerifiedRuleset {
    const { sha256, regex, signatures, environment } = this.#options;
    return new VerifiedRuleset({
      sha256,
      access: 'opaque',
      regex,
      ...(signatures === undefined ? {} : { signatures }),
      ...(environment === undefined ? {} : { environment }),
    });
  }

  #createLastGood(files: Pick<LastGoodOptions, 'store' | 'createHasher' | 'pause'>): LastGood {
    const { sha256, timers } = this.#options;
    return new LastGood({
      ...files,
      sha256,
      timers,
      check: (blocks) => this.#ruleset.checkSigned(blocks),
      content: () => {
        const { head, headText, signature } = this.#ruleset;
        return head === null ? null : { head, headText, signature, entities: [...this.#ruleset.entities()] };
      },
      onProblem: (message) => this.#report('file', message),
    });
  }

  #report(code: Problem['code'], message: string): void {
    this.#tell(() => this.#options.onProblem?.({ code, message }));
  }

  #tell(listener: (() => void) | undefined): void {
    try {
      listener?.();
    } catch (error) {
      this.#options.timers.after(0, () => {
        throw error;
      });
    }
  }
}

function describeError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
