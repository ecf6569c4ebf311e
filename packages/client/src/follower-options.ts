/** What a follower is made of, and what it offers. */
import type { RegexEngine } from '@flaghoist/evaluator';
import type { Sha256 } from '@flaghoist/protocol/ruleset';
import type { AppliedBlocks } from './advance.ts';
import type { Pace } from './backoff.ts';
import type { FollowerState, Problem, StateName } from './follower-state.ts';
import type { LastGoodOptions, Loaded } from './last-good.ts';
import type { CheckSignature } from './ruleset-copy.ts';
import type { Random, Timers, Transport } from './transport.ts';
import type { VerifiedRuleset } from './verified-ruleset.ts';

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
  /** Default: 1 s, doubled up to 30 s. */
  readonly pace?: Pace;
  /**
   * For whoever keeps a copy as far on as it can be: what to fill, and the only environment that is taken. Absent: a copy
   * of its own, without keys, whose snapshots are applied as a whole or not at all. It checks signatures itself.
   */
  readonly copy?: { readonly ruleset: VerifiedRuleset; readonly environment: string };
  /** Where the last good ruleset is kept over a restart. `content` absent: made of the ruleset held. */
  readonly lastGood?: Pick<LastGoodOptions, 'store' | 'createHasher' | 'pause'> &
    Partial<Pick<LastGoodOptions, 'content'>>;
  /** Read when the store holds nothing that can be used: a stored ruleset, or a snapshot as the native door sends it. */
  readonly bootstrap?: () => Promise<string | null>;
  /** What one of these throws surfaces as an uncaught error; the follower goes on. */
  readonly onReady?: () => void;
  /** What is held begins with a copy from disk. */
  readonly onLoaded?: (loaded: Loaded, applied: AppliedBlocks) => void;
  /** A newer ruleset is held, whether or not any flag answers differently. */
  readonly onApplied?: (applied: AppliedBlocks) => void;
  /** What is held has another signature now, and is otherwise what it was. */
  readonly onResigned?: () => void;
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
  /** When the server last said that what is held is what it holds, or when it was saved, if it comes from disk. */
  readonly provenAt: number | null;
  /** Whether the server has sent or confirmed what is held. */
  readonly confirmed: boolean;
  /** Somebody needs what is newer than what is held: the server is asked at once, unless it is being asked already. */
  ask(): void;
  /** Whoever knows says that there is another ruleset than before: what was waited for because of it is not any longer. */
  news(): void;
}
