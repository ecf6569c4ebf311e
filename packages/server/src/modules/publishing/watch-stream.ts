/** One watcher's stream: its cursor, its heartbeat, and its end when it does not read. */
import type { ServerResponse } from 'node:http';
import type { WatchCursor, Watchers } from './watch.ts';

const HEARTBEAT_MS = 15_000;
/** A reader that is this far behind is cut; it comes back with its cursor. */
const MOST_UNREAD = 1 << 20;

/**
 * Events: `watching` at once, with the cursor as its id and no data that matters; then `change` for each change. An id
 * stands on the last event of a batch, so that whoever resumes at it misses nothing and may see a change twice.
 */
export function streamChanges(
  method: string,
  response: ServerResponse,
  options: { readonly watchers: Watchers; readonly projectId: string; readonly cursor: WatchCursor },
): void {
  const { watchers, projectId } = options;
  let { cursor } = options;
  let isWanted = false;
  let isTelling = false;

  async function tell(): Promise<void> {
    if (isTelling) return;
    isTelling = true;
    while (isWanted && !response.destroyed) {
      isWanted = false;
      const found = await watchers.after(cursor, projectId);
      ({ cursor } = found);
      const last = found.changes.length - 1;
      for (const [i, change] of found.changes.entries())
        response.write(
          `event: change\n${i === last ? `id: ${writeCursor(cursor)}\n` : ''}data: ${JSON.stringify(change)}\n\n`,
        );
      if (response.writableLength > MOST_UNREAD) response.destroy();
    }
    isTelling = false;
  }

  function wake(): void {
    isWanted = true;
    tell().catch(() => response.destroy());
  }

  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  });
  if (method === 'HEAD') {
    response.end();
    return;
  }
  response.write(`event: watching\nid: ${writeCursor(cursor)}\ndata: -\n\n`);
  const unsubscribe = watchers.onPublished(wake);
  const heartbeat = setInterval(() => response.write(': still here\n\n'), HEARTBEAT_MS);
  response.on('close', () => {
    unsubscribe();
    clearInterval(heartbeat);
  });
  wake();
}

function writeCursor(cursor: WatchCursor): string {
  return Buffer.from(JSON.stringify([...cursor])).toString('base64url');
}

/** Null when there is none, or when it is about other environments. */
export function readCursor(header: string | string[] | undefined, watched: readonly string[]): WatchCursor | null {
  if (typeof header !== 'string') return null;
  let pairs: unknown;
  try {
    pairs = JSON.parse(Buffer.from(header, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
  if (!Array.isArray(pairs)) return null;
  const cursor = new Map<string, number>();
  for (const pair of pairs as unknown[]) {
    const [id, revision] = Array.isArray(pair) ? (pair as unknown[]) : [];
    if (
      typeof id === 'string' &&
      watched.includes(id) &&
      typeof revision === 'number' &&
      Number.isSafeInteger(revision)
    )
      cursor.set(id, revision);
  }
  return cursor.size === watched.length ? cursor : null;
}
