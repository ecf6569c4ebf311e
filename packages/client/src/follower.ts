/** Performs what the follower's machine asks for, over a transport and timers that are handed in. */
import { type Block, type EntityLine, formatCursor, type Head, hashHead } from '@flaghoist/protocol/ruleset';
import { advance, type AppliedBlocks } from './advance.ts';
import { createEventStreamParser, type ServerSentEvent } from './event-stream-parser.ts';
import type { Follower, FollowerOptions } from './follower-options.ts';
import { initialState, proves, step } from './follower-machine.ts';
import type { FollowerAction, FollowerEvent, FollowerState, Problem, StateName, TimerName } from './follower-state.ts';
import { LastGood, type Loaded } from './last-good.ts';
import { type Place, placeOf, relate } from './place.ts';
import { readHead, readPatch, readSnapshot } from './received-blocks.ts';
import type { ApplyResult, Refusal } from './ruleset-copy.ts';
import { parseBootstrap } from './stored-ruleset.ts';
import { touchedFlags } from './touched-flags.ts';
import type { Failure, FetchListener } from './transport.ts';
import { VerifiedRuleset } from './verified-ruleset.ts';

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
  #cancelProbe: (() => void) | null = null;
  #provenAt: number | null = null;
  /** What was asked for last, until it is passed on. */
  #wanted: string | null = null;
  #stepping = false;
  #lastHead: { readonly data: string; readonly block: Block } | null = null;

  constructor(options: FollowerOptions) {
    this.#options = options;
    this.#state = initialState(options.staleAfterMs ?? DEFAULT_STALE_AFTER_MS, options.pace);
    this.#ruleset = options.copy?.ruleset ?? this.#emptyRuleset();
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

  get provenAt(): number | null {
    return this.#provenAt;
  }

  get confirmed(): boolean {
    return this.#state.confirmed;
  }

  ask(atLeast?: string): void {
    this.#wanted = atLeast ?? null;
    this.#dispatch({ type: 'ask' });
  }

  news(): void {
    this.#dispatch({ type: 'news' });
  }

  async start(): Promise<void> {
    const { bootstrap } = this.#options;
    const loaded = await this.#load();
    const found = loaded != null || (bootstrap !== undefined && (await this.#begin(bootstrap)));
    this.#dispatch({ type: 'start', mine: found ? this.#place() : null });
  }

  async stop(): Promise<void> {
    this.#dispatch({ type: 'stop' });
    await this.#lastGood?.close();
  }

  async #load(): Promise<Loaded | null> {
    let applied: AppliedBlocks | null = null;
    const loaded = await this.#lastGood?.load((blocks): ApplyResult => {
      const foreign = this.#foreign(blocks[0]?.head.environment);
      if (foreign !== null) return { ok: false, reason: 'environment', message: foreign };
      const result = this.#ruleset.applyBlocks(blocks);
      if (result.ok) applied = { whole: true, blocks, changed: result.changed };
      return result;
    });
    if (loaded == null || applied === null) return null;
    const begun = applied;
    this.#provenAt = Math.min(loaded.savedAt, this.#options.timers.now());
    this.#tell(() => this.#options.onLoaded?.(loaded, begun));
    return loaded;
  }

  /** Why nothing of this environment is taken; null: it is. */
  #foreign(environment: string | undefined): string | null {
    const mine = this.#options.copy?.environment;
    if (mine === undefined || environment === mine) return null;
    return `The ruleset is of environment ${environment}, this copy is for ${mine}.`;
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
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
        const { state, actions } = step(this.#state, next);
        this.#state = state;
        for (const action of actions) this.#perform(action);
        if (proves(next, this.#state)) this.#provenAt = this.#options.timers.now();
      }
    } finally {
      this.#stepping = false;
    }
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
        this.#cancelProbe?.();
        this.#cancelProbe = null;
        break;
      case 'probe':
        this.#probe(action.attempt, action.etag);
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
        this.#tell(() => this.#options.onProblem?.(action.problem));
        break;
    }
  }

  #fetch(attempt: number, etag: string | null): void {
    this.#cancelAttempt = this.#request(etag, {
      onRuleset: (text) => {
        const snapshot = readSnapshot(text);
        if (snapshot === null) this.#malformed(attempt, 'The snapshot is not a whole ruleset.');
        else if (this.#isSigned(attempt, snapshot.blocks))
          this.#dispatch({ type: 'snapshot', attempt, ...snapshot, place: this.#placeOf(snapshot.last) });
      },
      onUnchanged: () => this.#dispatch({ type: 'unchanged', attempt }),
      onFailure: (failure) => this.#fail(attempt, failure),
    });
  }

  #request(etag: string | null, listener: FetchListener): () => void {
    const wanted = this.#wanted;
    this.#wanted = null;
    return this.#options.transport.fetch(etag, listener, wanted);
  }

  #probe(attempt: number, etag: string): void {
    this.#cancelProbe?.();
    this.#cancelProbe = this.#request(etag, {
      onRuleset: (text) => {
        const snapshot = readSnapshot(text);
        if (snapshot === null || this.#ruleset.checkSigned(snapshot.blocks) !== null) return;
        this.#dispatch({ type: 'probed', attempt, ...snapshot, place: this.#placeOf(snapshot.last) });
      },
      onUnchanged: () => undefined,
      onFailure: () => undefined,
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
      onEvent: (event) => {
        this.#dispatch({ type: 'heard', attempt });
        this.#onStreamEvent(attempt, event);
      },
      onFailure: (failure) => this.#fail(attempt, failure),
    });
  }

  #onStreamEvent(attempt: number, { event, data }: Pick<ServerSentEvent, 'event' | 'data'>): void {
    if (event === 'reset') this.#dispatch({ type: 'reset', attempt });
    if (event === 'head') {
      // The same one again and again: an edge reads that of each of its environments every second.
      const block = data === this.#lastHead?.data ? this.#lastHead.block : readHead(data);
      this.#lastHead = block === null ? null : { data, block };
      if (block === null) this.#malformed(attempt, 'The stream sent a head that cannot be read.');
      else if (this.#isSigned(attempt, [block])) this.#onHead(attempt, block);
    }
    if (event === 'patch') {
      const block = readPatch(data);
      if (block === null) this.#malformed(attempt, 'The stream sent a patch that cannot be read.');
      else if (this.#isSigned(attempt, [block]))
        this.#dispatch({ type: 'patch', attempt, blocks: [block], place: this.#placeOf(block) });
    }
  }

  /** Looked at before anything else: what is not signed as it should be says nothing, not even where its server stands. */
  #isSigned(attempt: number, blocks: readonly Block[]): boolean {
    const refusal = this.#ruleset.checkSigned(blocks);
    if (refusal !== null) this.#malformed(attempt, refusal.message, 'signature');
    return refusal === null;
  }

  #onHead(attempt: number, block: Block): void {
    const place = this.#placeOf(block);
    // Signed anew with another key: the copy on disk is worth something only with a signature that is trusted tomorrow.
    if (this.#ruleset.resign(block)) {
      this.#tell(this.#options.onResigned);
      this.#lastGood?.applied(place);
    }
    this.#dispatch({ type: 'head', attempt, place });
  }

  #malformed(attempt: number, message: string, reason: 'unreadable' | 'signature' = 'unreadable'): void {
    this.#dispatch({ type: 'malformed', attempt, reason, message });
  }

  #fail(attempt: number, { unanswered = false, ...failure }: Failure): void {
    this.#dispatch({ type: 'failed', attempt, unanswered, ...failure });
  }

  /** The machine is told what became of it in front of what came in meanwhile: before anything else happens. */
  #apply({ mode, blocks, place }: FollowerAction & { readonly type: 'apply' }): void {
    const foreign = this.#foreign(place.environment);
    const quarantine = this.#lastGood?.refusal(place) ?? null;
    if (foreign !== null || quarantine !== null) {
      const reason = foreign === null ? 'quarantine' : 'environment';
      this.#queue.unshift({ type: 'rejected', place, reason, message: foreign ?? quarantine ?? '' });
      return;
    }
    this.#lastGood?.trying(place);
    const before = this.#ruleset;
    const ruleset = mode === 'replace' ? this.#emptyRuleset() : before;
    const first = before.head === null;
    const held = first ? null : before.headHash;
    const changed: EntityLine[] = [];
    const refusal = this.#advance(ruleset, mode, blocks, (applied) => {
      this.#ruleset = ruleset;
      changed.push(...applied.changed);
      this.#tell(() => this.#options.onApplied?.(applied));
    });
    const reached = this.#place();
    if (reached === null || reached.hash === held) {
      if (refusal !== null)
        this.#queue.unshift({ type: 'rejected', place, reason: refusal.reason, message: refusal.message });
      return;
    }
    this.#queue.unshift({ type: 'applied', place: reached });
    // What was gone through on the way to what was refused stays in use after all.
    if (refusal !== null) this.#lastGood?.trying(reached);
    // After whoever makes the file's content has heard of it.
    this.#lastGood?.applied(reached);
    this.#tellChanged(first, mode === 'replace' ? [...before.entities(), ...changed] : changed);
  }

  /** `onStep` is told while the ruleset is at that step: what is made of it then has to be of one revision. */
  #advance(
    ruleset: VerifiedRuleset,
    mode: 'patch' | 'snapshot' | 'replace',
    blocks: readonly Block[],
    onStep: (applied: AppliedBlocks) => void,
  ): Refusal | null {
    const [block] = blocks;
    if (mode !== 'patch' && this.#options.copy !== undefined)
      return advance(ruleset, blocks, { mayStop: (head) => this.#mayStop(head), onStep });
    const whole = mode !== 'patch' || block === undefined;
    const result = whole ? ruleset.applyBlocks(blocks) : ruleset.applyPatch(block);
    if (!result.ok) return result;
    onStep({ whole, blocks, changed: result.changed });
    return null;
  }

  /** Never at what is older than what is held, nor at what may kill this process. */
  #mayStop(head: Head): boolean {
    const mine = this.#place();
    const place = placeOf(head, hashHead(this.#options.sha256, head));
    return (mine === null || relate(place, mine) === 'ahead') && (this.#lastGood?.refusal(place) ?? null) === null;
  }

  #tellChanged(first: boolean, changed: readonly EntityLine[]): void {
    const { onChanged } = this.#options;
    const keys = first || onChanged === undefined ? [] : touchedFlags(this.#ruleset, changed);
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
    return new VerifiedRuleset({ sha256, access: 'opaque', regex, signatures, environment });
  }

  #createLastGood(files: NonNullable<FollowerOptions['lastGood']>): LastGood {
    const { sha256, timers } = this.#options;
    return new LastGood({
      content: () => {
        const { head, headText, signature } = this.#ruleset;
        return head === null ? null : { head, headText, signature, entities: [...this.#ruleset.entities()] };
      },
      check: (blocks) => this.#ruleset.checkSigned(blocks),
      ...files,
      sha256,
      timers,
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
