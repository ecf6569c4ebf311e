/** What every stream of this door does alike: how it is answered, how long it lives, how it catches up, when it is cut. */
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cursor } from '@flaghoist/protocol/ruleset';
import type { PatchWindow } from '../../replica/patch-window.ts';

export interface StreamsOptions {
  readonly limits: {
    readonly maxStreams: number;
    readonly maxKeyStreams: number;
    readonly streamBufferBytes: number;
    readonly streamMinAgeMs: number;
    readonly streamMaxAgeMs: number;
  };
  readonly now: () => number;
  readonly random: () => number;
  /** Whether a key may still follow an environment. */
  readonly inForce: (keyId: string, environment: string) => boolean;
}

export const STREAM_HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
  connection: 'close',
} as const;

/** Where nobody is: whoever says no cursor needs a snapshot. */
export const NOWHERE: Cursor = { epoch: 0, revision: 0 };

/** When a stream that is opened now moves on to another edge. */
export function endOf({ limits, now, random }: StreamsOptions): number {
  return now() + limits.streamMinAgeMs + random() * (limits.streamMaxAgeMs - limits.streamMinAgeMs);
}

/** On average, between two turns. */
const DRAIN_PAUSE_MS = 20;

/** Ends them `atOnce` at a time, with jitter in between: their followers all connect elsewhere. */
export async function endInTurns(
  responses: readonly ServerResponse[],
  atOnce: number,
  random: () => number,
): Promise<void> {
  let ended = 0;
  for (const response of responses) {
    if (response.writableEnded) continue;
    if (ended > 0 && ended % atOnce === 0) await sleep(2 * random() * DRAIN_PAUSE_MS);
    response.end();
    ended += 1;
  }
}

export function isOpen(response: ServerResponse): boolean {
  return !response.writableEnded && !response.destroyed && response.socket?.writable !== false;
}

/** What a follower is sent from, and how. */
export interface Sending {
  readonly window: PatchWindow;
  /** Where the environment is. */
  readonly newest: Cursor | null;
  /** What sends a follower to the snapshot. */
  readonly reset: Buffer;
  readonly maxBytes: number;
  readonly send: (response: ServerResponse, event: Buffer) => void;
}

/** Sends what the follower lacks, and moves it on. `cut`: it did not read for too long, and its connection is ended. */
export function catchUp(
  response: ServerResponse,
  follower: { cursor: Cursor },
  { window, newest, reset, maxBytes, send }: Sending,
): 'sent' | 'over' | 'cut' {
  if (!isOpen(response)) return 'over';
  if (response.writableLength > maxBytes) {
    response.destroy();
    return 'cut';
  }
  // A follower that lacks much is better served by the compressed snapshot, and would look like a slow reader here.
  const bytes = window.bytesSince(follower.cursor);
  const far = bytes !== null && bytes > maxBytes / 2;
  for (let next = window.next(follower.cursor); next !== 'nothing'; next = window.next(follower.cursor)) {
    if (next === 'reset' || far) {
      send(response, reset);
      follower.cursor = newest ?? follower.cursor;
      break;
    }
    send(response, next.event);
    follower.cursor = next.cursor;
  }
  return 'sent';
}
