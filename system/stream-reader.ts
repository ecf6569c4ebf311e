/** Follows an environment at the native door as it is on the wire, and comes back at once when its stream breaks. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Scene } from './scene.ts';

/** A patch came, or a snapshot was fetched because the stream said `reset`. */
export interface Arrival {
  readonly kind: 'patch' | 'snapshot';
  readonly revision: number;
}

export interface StreamReader {
  readonly arrivals: readonly Arrival[];
  /** How often a stream was opened. */
  readonly streams: number;
  /** Whether one is open now. */
  readonly open: boolean;
  /** The status of the last attempt when it was refused; null when it was not. */
  readonly refused: number | null;
}

const RECONNECT_MS = 20;

/** Begins after the revision `after` of epoch 1. */
export function startStreamReader(
  scene: Scene,
  { url, key, after }: { readonly url: string; readonly key: string; readonly after: number },
): StreamReader {
  const over = new AbortController();
  const { signal } = over;
  const arrivals: Arrival[] = [];
  const seen = { arrivals, streams: 0, open: false, refused: null as number | null };
  const authorization = `Bearer ${key}`;
  let cursor = `1.${after}`;

  function arrive(kind: Arrival['kind'], place: string): void {
    cursor = place;
    arrivals.push({ kind, revision: Number(place.split('.')[1]) });
  }

  async function fetchSnapshot(): Promise<void> {
    const answer = await fetch(`${url}/native/v1/ruleset`, { headers: { authorization }, signal });
    await answer.text();
    if (answer.status !== 200) throw new Error(`a snapshot was answered ${answer.status}`);
    arrive('snapshot', answer.headers.get('flaghoist-revision') ?? '');
  }

  /** False when the stream has to be left for a snapshot. */
  function take(event: string): boolean {
    const name = /^event: (.*)$/m.exec(event)?.[1];
    if (name === 'patch') arrive('patch', /^id: (.*)$/m.exec(event)?.[1] ?? '');
    return name !== 'reset';
  }

  async function readOne(): Promise<void> {
    const headers = { authorization, 'last-event-id': cursor };
    const answer = await fetch(`${url}/native/v1/stream`, { headers, signal });
    seen.refused = answer.status === 200 ? null : answer.status;
    if (answer.status !== 200 || answer.body === null) return;
    seen.streams += 1;
    seen.open = true;
    let rest = '';
    for await (const text of answer.body.pipeThrough(new TextDecoderStream())) {
      const events = (rest + text).split('\n\n');
      // What a broken stream leaves unfinished does not count: it is sent again.
      rest = events.pop() ?? '';
      if (events.every((event) => take(event))) continue;
      await fetchSnapshot();
      return;
    }
  }

  async function readOn(): Promise<void> {
    while (!signal.aborted) {
      await readOne().catch(() => undefined);
      seen.open = false;
      await sleep(RECONNECT_MS);
    }
  }

  const reading = readOn();
  scene.atEnd(async () => {
    over.abort();
    await reading;
  });
  return seen;
}
