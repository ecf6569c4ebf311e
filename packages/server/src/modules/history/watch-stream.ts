/** One watcher's stream: its cursor, its heartbeat, and its end when it does not read or may not. */
import type { ServerResponse } from 'node:http';
import type { PresenceResource } from '@flaghoist/protocol/management';
import type { Rights } from '../../platform/rights.ts';
import { showChange } from '../changes/index.ts';
import { type OpenPage, type PresenceHub, showPresence } from '../presence/index.ts';
import type { View } from './view.ts';
import type { WatchCursor, Watchers } from './watch.ts';

/** A reader that is this far behind is cut; it comes back with its cursor. */
const MOST_UNREAD = 1 << 20;

/** What a watcher may see at the moment. */
export interface Watched {
  readonly rights: Rights;
  /** Null: a token. */
  readonly personId: string | null;
  readonly view: View;
  /** Of the environments in view, those whose changes are told. */
  readonly asked: readonly string[];
}

export interface WatchStream {
  readonly watchers: Watchers;
  readonly hub: PresenceHub;
  readonly project: { readonly id: string; readonly key: string };
  readonly watched: Watched;
  readonly cursor: WatchCursor;
  readonly heartbeatMs: number;
  /** Looks again at what the watcher may see; null: nothing any more. */
  readonly look: () => Promise<Watched | null>;
}

/**
 * Events: `watching` at once, with no data that matters; `change` for each change, told once; `presence` with all other people's open
 * pages whenever they changed. The id of an event is the cursor behind it: whoever resumes there misses nothing and is told
 * nothing again. What the watcher may see is looked at anew with each heartbeat, and the stream ends when that is nothing.
 */
export function streamChanges(method: string, response: ServerResponse, stream: WatchStream): void {
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  });
  if (method === 'HEAD') response.end();
  else new Watcher(response, stream).begin();
}

class Watcher {
  readonly #response: ServerResponse;
  readonly #stream: WatchStream;
  #watched: Watched;
  #cursor: WatchCursor;
  #pages: readonly OpenPage[] = [];
  #presenceTold = JSON.stringify({ people: [] } satisfies PresenceResource);
  #isWanted = false;
  #isTelling = false;

  constructor(response: ServerResponse, stream: WatchStream) {
    this.#response = response;
    this.#stream = stream;
    this.#watched = stream.watched;
    this.#cursor = stream.cursor;
  }

  begin(): void {
    const { watchers, hub, project, heartbeatMs } = this.#stream;
    this.#write(`event: watching\nid: ${writeCursor(this.#cursor)}\ndata: -\n\n`);
    const close = watchers.opened(() => this.#response.end());
    const unsubscribe = watchers.onPublished(() => this.#wake());
    const leave = hub.watch(project.id, (pages) => {
      this.#pages = pages;
      this.#tellPresence();
    });
    let isBeating = false;
    const heartbeat = setInterval(() => {
      if (isBeating) return;
      isBeating = true;
      void this.#beat()
        .catch(() => this.#response.destroy())
        .finally(() => (isBeating = false));
    }, heartbeatMs);
    this.#response.on('close', () => {
      close();
      unsubscribe();
      leave();
      clearInterval(heartbeat);
    });
    this.#wake();
  }

  async #beat(): Promise<void> {
    this.#write(': still here\n\n');
    const watched = await this.#stream.look();
    if (watched === null) {
      this.#response.end();
      return;
    }
    // What is being read goes on being told, unless it was read for other eyes.
    if (seesTheSame(this.#watched, watched)) this.#watched = watched;
    else await this.#begin(watched);
    this.#tellPresence();
    this.#wake();
  }

  /** One that was made since the last look is told from its beginning, one that may be seen since from where it is. */
  async #begin(watched: Watched): Promise<void> {
    const { asked } = watched;
    const known = new Set(this.#watched.view.existing);
    const added = asked.filter((id) => !this.#cursor.has(id));
    const now = added.length === 0 ? new Map<string, number>() : await this.#stream.watchers.now(added);
    const begin = (id: string): number => this.#cursor.get(id) ?? (known.has(id) ? (now.get(id) ?? 0) : 0);
    this.#cursor = new Map(asked.map((id) => [id, begin(id)]));
    this.#watched = watched;
  }

  #wake(): void {
    this.#isWanted = true;
    this.#tell().catch(() => this.#response.destroy());
  }

  async #tell(): Promise<void> {
    if (this.#isTelling) return;
    this.#isTelling = true;
    while (this.#isWanted && !this.#response.destroyed) {
      this.#isWanted = false;
      const from = this.#cursor;
      const { environments, sight } = this.#watched.view;
      const found = await this.#stream.watchers.after(from, sight.environmentIds);
      // What may be seen changed meanwhile: this was read for what it was before.
      if (from !== this.#cursor) this.#isWanted = true;
      else if (found !== null) {
        for (const { change, cursor } of found.told) {
          const data = JSON.stringify(showChange(this.#stream.project.key, environments, change));
          this.#write(`event: change\nid: ${writeCursor(cursor)}\ndata: ${data}\n\n`);
        }
        this.#cursor = found.cursor;
        this.#isWanted = true;
      }
    }
    this.#isTelling = false;
  }

  #tellPresence(): void {
    const { rights, personId } = this.#watched;
    const data = JSON.stringify(showPresence(this.#pages, { rights, personId }));
    if (data === this.#presenceTold) return;
    this.#presenceTold = data;
    this.#write(`event: presence\ndata: ${data}\n\n`);
  }

  #write(text: string): void {
    if (this.#response.writableEnded) return;
    this.#response.write(text);
    if (this.#response.writableLength > MOST_UNREAD) this.#response.destroy();
  }
}

function seesTheSame(one: Watched, other: Watched): boolean {
  const told = ({ asked, view }: Watched): string => JSON.stringify([asked, view.sight]);
  return told(one) === told(other);
}

function writeCursor(cursor: WatchCursor): string {
  return Buffer.from(JSON.stringify([...cursor])).toString('base64url');
}

/**
 * Where to go on, of these environments: after the revision that the cursor names, or from now on. A revision that is not there (the
 * database was set back to a backup) is now too.
 */
export function readCursor(header: string | string[] | undefined, now: WatchCursor): WatchCursor {
  const told = parseCursor(header);
  return new Map([...now].map(([id, published]) => [id, Math.min(told.get(id) ?? published, published)]));
}

function parseCursor(header: string | string[] | undefined): WatchCursor {
  const cursor = new Map<string, number>();
  let pairs: unknown;
  try {
    pairs = JSON.parse(Buffer.from(String(header), 'base64url').toString('utf8'));
  } catch {
    return cursor;
  }
  for (const pair of Array.isArray(pairs) ? (pairs as unknown[]) : []) {
    const [id, revision] = Array.isArray(pair) ? (pair as unknown[]) : [];
    if (typeof id === 'string' && typeof revision === 'number' && Number.isSafeInteger(revision) && revision >= 0)
      cursor.set(id, revision);
  }
  return cursor;
}
