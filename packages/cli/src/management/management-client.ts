import type { Accepted } from './answer.ts';
import { type Query, withQuery } from './api-path.ts';
import type { Exchange } from './exchange.ts';
import type { Outcome, Refusal } from './refusal.ts';
import type { ResourceName, Resources } from './resources.ts';
import { createSender } from './sender.ts';

/** How a client does what it does; every part can be replaced in a test. */
export interface ManagementClientOptions {
  /** Where the server is, e.g. `https://flags.example.org`; a path prefix is kept. */
  readonly url: string;
  /** Absent: no `Authorization` header is sent. */
  readonly token: string | undefined;
  readonly userAgent: string;
  /** What is meant although a guard refuses it; sent with every write. */
  readonly confirm?: string;
  readonly exchange: Exchange;
  readonly random: () => number;
  readonly randomUuid: () => string;
  /** Milliseconds. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

export interface Reply<T> {
  readonly body: T;
  /** As sent, quotes included; to be given back as `ifMatch`. */
  readonly etag: string | undefined;
}

export interface Revision {
  readonly environment: string;
  readonly epoch: number;
  readonly revision: number;
}

export interface Written<T> extends Reply<T> {
  /** The revisions that the change made, one per environment it touched. */
  readonly revisions: readonly Revision[];
  /** Its id; undefined: nothing was changed. */
  readonly change: string | undefined;
  /** The change is tried on canary edges before it is published, and the body is the change. */
  readonly isTried: boolean;
}

export interface Write {
  readonly method: 'POST' | 'PATCH';
  readonly path: string;
  readonly body?: unknown;
  readonly ifMatch?: string | undefined;
  readonly reason?: string | undefined;
}

/**
 * The management API over HTTP. Refusals are values; nothing rejects for what a server or network does. The first
 * argument names what is answered.
 */
export interface ManagementClient {
  readonly url: string;
  read<N extends ResourceName>(name: N, path: string, timeoutMs?: number): Promise<Outcome<Reply<Resources[N]>>>;
  /** A POST that changes nothing. */
  ask<N extends ResourceName>(name: N, path: string, body: unknown): Promise<Outcome<Reply<Resources[N]>>>;
  /** Every item of a list, following its pages; at most `limit`. */
  readAll<N extends ResourceName>(
    name: N,
    path: string,
    query?: Query,
    limit?: number,
  ): Promise<Outcome<readonly Resources[N][]>>;
  /**
   * Carries an Idempotency-Key. An attempt whose outcome is not known is repeated with the same key, so that its true
   * outcome is learned: five attempts at most, none begun after 30 s.
   */
  write<N extends ResourceName>(name: N, write: Write): Promise<Outcome<Written<Resources[N]>>>;
}

const PAGE_SIZE = 500;
const TIMEOUT_MS = 30_000;

export function createManagementClient(options: ManagementClientOptions): ManagementClient {
  const { token, userAgent } = options;
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const headers = { accept: 'application/json', 'user-agent': userAgent, ...authorization };
  const confirming = options.confirm === undefined ? {} : { 'flaghoist-confirm': options.confirm };
  const send = createSender({ ...options, headers });
  const reading = { headers: {}, isWrite: false, timeoutMs: TIMEOUT_MS };

  async function readPage(name: ResourceName, path: string): Promise<Outcome<Page>> {
    const outcome = await send({ ...reading, method: 'GET', path, body: undefined, expected: `list of ${name}` });
    if (!outcome.ok) return outcome;
    const { items, next } = outcome.value.json;
    if (Array.isArray(items) && (next === null || typeof next === 'string'))
      return { ok: true, value: { items, next } };
    return { ok: false, refusal: foreignList(options.url, `its body is no list of ${name}.`) };
  }

  return {
    url: options.url,
    async read(name, path, timeoutMs = TIMEOUT_MS) {
      return replyOf(await send({ ...reading, method: 'GET', path, body: undefined, timeoutMs, expected: name }));
    },
    async ask(name, path, body) {
      return replyOf(await send({ ...reading, method: 'POST', path, body: JSON.stringify(body), expected: name }));
    },
    async readAll<N extends ResourceName>(name: N, path: string, query: Query = {}, limit = Number.POSITIVE_INFINITY) {
      const items: Resources[N][] = [];
      let cursor: string | null = null;
      do {
        const size = Math.min(PAGE_SIZE, limit - items.length);
        const page = await readPage(name, withQuery(path, { ...query, limit: size, cursor: cursor ?? undefined }));
        if (!page.ok) return page;
        if (page.value.next !== null && page.value.next === cursor) {
          return { ok: false, refusal: foreignList(options.url, `its list of ${name} never ends.`) };
        }
        for (const item of page.value.items) items.push(item as Resources[N]);
        cursor = page.value.next;
      } while (cursor !== null && items.length < limit);
      return { ok: true, value: items.slice(0, limit) };
    },
    async write<N extends ResourceName>(name: N, write: Write) {
      const outcome = await send({
        method: write.method,
        path: write.path,
        headers: { ...confirming, ...writeHeaders(write, options.randomUuid()) },
        body: write.body === undefined ? undefined : JSON.stringify(write.body),
        timeoutMs: TIMEOUT_MS,
        isWrite: true,
        expected: name,
      });
      if (!outcome.ok) return outcome;
      const { json, answer } = outcome.value;
      const revisions = parseRevisions(answer.headers['flaghoist-revision'] ?? '');
      const { etag, 'flaghoist-change': change } = answer.headers;
      const isTried = answer.status === 202;
      return { ok: true, value: { body: json as unknown as Resources[N], etag, revisions, change, isTried } };
    },
  };
}

interface Page {
  readonly items: readonly unknown[];
  readonly next: string | null;
}

function writeHeaders({ ifMatch, reason }: Write, idempotencyKey: string): { readonly [name: string]: string } {
  return {
    'idempotency-key': idempotencyKey,
    ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
    ...(reason === undefined ? {} : { 'flaghoist-reason': encodeURIComponent(reason) }),
  };
}

function replyOf<N extends ResourceName>(outcome: Outcome<Accepted>): Outcome<Reply<Resources[N]>> {
  if (!outcome.ok) return outcome;
  const { json, answer } = outcome.value;
  return { ok: true, value: { body: json as unknown as Resources[N], etag: answer.headers['etag'] } };
}

/** Reads `staging=1.7, production=1.43`. */
function parseRevisions(header: string): readonly Revision[] {
  return [...header.matchAll(/([^\s,=]+)=(\d+)\.(\d+)/g)].map((match) => ({
    environment: match[1] ?? '',
    epoch: Number(match[2]),
    revision: Number(match[3]),
  }));
}

function foreignList(url: string, message: string): Refusal {
  return { kind: 'foreign', url, status: 200, message };
}
