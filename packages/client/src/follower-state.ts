/** The words of the follower's machine: its states, what happens to it, and what it asks for. */
import type { Block } from '@flaghoist/protocol/ruleset';
import type { Pace } from './backoff.ts';
import type { Place } from './place.ts';
import type { RefusalReason } from './ruleset-copy.ts';

/** What every state remembers. */
export interface Memory {
  /** What is held and answers; null until there is something. */
  readonly mine: Place | null;
  /** Whether the server has sent or confirmed what is held. What only a file says may be of another environment. */
  readonly confirmed: boolean;
  /** Troubles since the last stream that was healthy for `HEALTHY_MS`; decides how long to wait. */
  readonly failures: number;
  /** Number of the latest attempt; what an earlier one still says is ignored. */
  readonly attempt: number;
  /**
   * `unknown`: nothing is held. `fresh`: a live stream or the last poll confirms what is held. `doubtful`: not at the moment, and
   * the `aged` timer runs. `stale`: it has not for too long, or asking has failed.
   */
  readonly freshness: 'unknown' | 'fresh' | 'doubtful' | 'stale';
  /** Hash of a ruleset that this build cannot apply: asked about instead of downloaded again and again. */
  readonly unusable: string | null;
  /** How often in a row heads came late on an open stream; a stream that was on time for `HEALTHY_MS` forgets them. */
  readonly late: number;
  /** Polls that are left before a stream is tried again; 0: the follower streams. */
  readonly polls: number;
  /**
   * Whether somebody asked for what is newer than what is held: `resting` since a moment ago, when the server was asked;
   * `again` since then, and the server will be asked anew once the `asked` timer runs out.
   */
  readonly asked: 'no' | 'resting' | 'again';
  readonly staleAfterMs: number;
  readonly pace: Pace;
}

export type Request = 'fetch' | 'connect';

export type FollowerState = Memory &
  (
    | { readonly name: 'starting' }
    | { readonly name: 'fetching' }
    | { readonly name: 'connecting' }
    | {
        readonly name: 'streaming';
        /** The head that the stream has announced and the copy does not agree with yet. */
        readonly announced: Place | null;
        /** Whether this stream has confirmed what is held. */
        readonly confirmedHere: boolean;
      }
    | {
        readonly name: 'waiting';
        readonly next: Request;
        /** It waits for the sake of a quarantined ruleset: news that there is another ends the wait. */
        readonly forNews: boolean;
      }
    /** Between two polls; what is held was confirmed by the last one. */
    | { readonly name: 'polling' }
    | { readonly name: 'refused'; readonly next: Request }
    | { readonly name: 'stopped' }
  );

export type StateName = FollowerState['name'];

/** `wait` before asking again, `silent` stream, `late` head, `unsettled` announcement, `healthy` stream, `aged` ruleset, `asked` just now. */
export type TimerName = 'wait' | 'silent' | 'late' | 'unsettled' | 'healthy' | 'aged' | 'asked';

/**
 * `key`: the server refuses the key. `unreachable`: a request failed. `ended`: an open stream ended or fell silent, as
 * every stream does one day. `ruleset`: content was refused. `split`: the server has other content at the same place.
 * `order`: the server's place and ours do not fit together. `late`: something on the way holds streams back. `file`: a copy on disk could not be read or written.
 */
export type ProblemCode = 'key' | 'unreachable' | 'ended' | 'ruleset' | 'split' | 'order' | 'late' | 'file';

/** Something the follower met and goes on from; what is held goes on answering. */
export interface Problem {
  readonly code: ProblemCode;
  readonly message: string;
  /** Set when content was refused. */
  readonly refused?: RefusedContent;
}

/**
 * `checkpoint`: there is none to begin with. `unreadable`: not whole blocks. `quarantine`: it may have killed this process
 * before. Else what verification found.
 */
export interface RefusedContent {
  readonly reason: RefusalReason | 'checkpoint' | 'quarantine' | 'unreadable';
  readonly message: string;
  /** Of a candidate: its number. */
  readonly candidate?: number;
}

export type FollowerEvent =
  /** The files have been looked at; `mine` is what they held. */
  | { readonly type: 'start'; readonly mine: Place | null }
  | { readonly type: 'stop' }
  | { readonly type: 'timer'; readonly timer: TimerName }
  /** The attempt is over: not reached, refused, cut or ended. `status` is an HTTP status, null when there was none. */
  | {
      readonly type: 'failed';
      readonly attempt: number;
      readonly status: number | null;
      readonly retryAfterMs: number | null;
      /** Connected, and then no answer began in time. */
      readonly unanswered: boolean;
      /** There is nothing to begin with. Absent: that was not said. */
      readonly missing?: boolean;
      readonly message: string;
    }
  /** A snapshot has arrived whole; `place` is that of its last block. Ends the attempt. */
  | { readonly type: 'snapshot'; readonly attempt: number; readonly place: Place; readonly blocks: readonly Block[] }
  /** 304. Ends the attempt. */
  | { readonly type: 'unchanged'; readonly attempt: number }
  /** What arrived cannot be read, or is not signed as it has to be. Ends an attempt to fetch; a stream is still open. */
  | {
      readonly type: 'malformed';
      readonly attempt: number;
      readonly reason: 'unreadable' | 'signature';
      readonly message: string;
    }
  | { readonly type: 'opened'; readonly attempt: number }
  /** Bytes came in on the stream. */
  | { readonly type: 'heard'; readonly attempt: number }
  | { readonly type: 'head'; readonly attempt: number; readonly place: Place }
  | { readonly type: 'patch'; readonly attempt: number; readonly place: Place; readonly blocks: readonly Block[] }
  | { readonly type: 'reset'; readonly attempt: number }
  /** Somebody needs what is newer than what is held. */
  | { readonly type: 'ask' }
  /** What `probe` brought, beside an open stream: a whole snapshot. Any other outcome is not told. */
  | { readonly type: 'probed'; readonly attempt: number; readonly place: Place; readonly blocks: readonly Block[] }
  /** Whoever knows says that there is another ruleset than before. */
  | { readonly type: 'news' }
  /** The answers to `apply`, given before anything else happens. */
  | { readonly type: 'applied'; readonly place: Place }
  | {
      readonly type: 'rejected';
      readonly place: Place;
      /** `quarantine`: it may have killed this process before; only a newer one is applied. */
      readonly reason: RefusalReason | 'quarantine';
      readonly message: string;
    };

export type FollowerAction =
  | { readonly type: 'fetch'; readonly attempt: number; readonly etag: string | null }
  | { readonly type: 'connect'; readonly attempt: number; readonly after: Place }
  /** Asks for a snapshot beside the open stream; a probe before it is given up. It fails without a word. */
  | { readonly type: 'probe'; readonly attempt: number; readonly etag: string }
  /** Ends the attempt in flight, and a probe beside it; nothing is heard of them any more. */
  | { readonly type: 'cancel' }
  /** `replace`: as `snapshot`, into an empty copy, because what is held is of another environment. */
  | {
      readonly type: 'apply';
      readonly mode: 'patch' | 'snapshot' | 'replace';
      readonly place: Place;
      readonly blocks: readonly Block[];
    }
  /** Runs out at a random moment between the two; setting a timer again replaces it. */
  | { readonly type: 'setTimer'; readonly timer: TimerName; readonly minMs: number; readonly maxMs: number }
  | { readonly type: 'clearTimer'; readonly timer: TimerName }
  | { readonly type: 'ready' }
  | { readonly type: 'fresh' }
  | { readonly type: 'stale' }
  | { readonly type: 'problem'; readonly problem: Problem };

export interface Step {
  readonly state: FollowerState;
  readonly actions: readonly FollowerAction[];
}
