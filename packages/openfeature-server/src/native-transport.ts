/** The native door over node:http and node:https. */
import * as http from 'node:http';
import * as https from 'node:https';
import { StringDecoder } from 'node:string_decoder';
import type { Failure, FetchListener, ReceiptAnswer, StreamListener, Transport } from '@flaghoist/client';
import { NATIVE_PATHS, RULESET_MEDIA_TYPE } from '@flaghoist/protocol/ruleset';
import { request } from '@flaghoist/runtime/http';

export interface NativeTransport extends Transport {
  /** POSTs one batch of exposures. Rejects when there was no answer. */
  sendExposures(body: string): Promise<{ readonly status: number; readonly retryAfterMs?: number }>;
  /** POSTs one receipt. Rejects when there was no answer. */
  sendReceipt(body: string): Promise<ReceiptAnswer>;
  /** Gives up what is still being sent. */
  close(): void;
}

/** From the first byte of the connection to the last of the answer. */
const SNAPSHOT_TIMEOUT_MS = 30_000;
const SNAPSHOT_MAX_BYTES = 256 * 1024 * 1024;
/** Until a stream's answer begins; after that the follower minds its silence. */
const STREAM_TIMEOUT_MS = 10_000;
const POST_TIMEOUT_MS = 10_000;
const POST_MAX_BYTES = 64 * 1024;

/** `url` without a slash at its end. */
export function createNativeTransport({ url, key }: { readonly url: string; readonly key: string }): NativeTransport {
  const authorization = `Bearer ${key}`;
  const closing = new AbortController();
  const post = (path: string, body: string) =>
    request({
      url: `${url}${path}`,
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body,
      timeoutMs: POST_TIMEOUT_MS,
      maxBytes: POST_MAX_BYTES,
      signal: closing.signal,
    });
  return {
    fetch: (etag, listener) => fetchSnapshot(`${url}${NATIVE_PATHS.ruleset}`, authorization, etag, listener),
    connect: (after, listener) => openStream(`${url}${NATIVE_PATHS.stream}?after=${after}`, authorization, listener),
    async sendExposures(body) {
      return statusOf(await post(NATIVE_PATHS.exposures, body));
    },
    async sendReceipt(body) {
      const answer = await post(NATIVE_PATHS.receipts, body);
      const spreadMs = parseSpread(answer.body);
      return { ...statusOf(answer), ...(spreadMs === null ? {} : { spreadMs }) };
    },
    close: () => closing.abort(),
  };
}

function fetchSnapshot(url: string, authorization: string, etag: string | null, listener: FetchListener): () => void {
  const giveUp = new AbortController();
  const headers = {
    authorization,
    accept: RULESET_MEDIA_TYPE,
    ...(etag === null ? {} : { 'if-none-match': `"${etag}"` }),
  };
  const options = { url, method: 'GET', headers, timeoutMs: SNAPSHOT_TIMEOUT_MS, maxBytes: SNAPSHOT_MAX_BYTES };
  request({ ...options, signal: giveUp.signal }).then(
    (answer) => {
      if (giveUp.signal.aborted) return;
      if (answer.status === 200) listener.onRuleset(answer.body);
      else if (answer.status === 304) listener.onUnchanged();
      else listener.onFailure(failureOf(url, answer.status, answer.headers));
    },
    (error: unknown) => {
      if (!giveUp.signal.aborted)
        listener.onFailure(unreachable(error instanceof Error ? error.message : String(error)));
    },
  );
  return () => giveUp.abort();
}

function openStream(url: string, authorization: string, listener: StreamListener): () => void {
  const headers = { authorization, accept: 'text/event-stream', 'cache-control': 'no-cache' };
  const outgoing = (url.startsWith('https:') ? https : http).get(url, { headers, agent: false });
  const where = `GET ${new URL(url).pathname}`;
  let over = false;
  let connected = false;
  const end = (failure: Failure | null): void => {
    if (over) return;
    over = true;
    clearTimeout(deadline);
    outgoing.destroy();
    if (failure !== null) listener.onFailure(failure);
  };
  const deadline = setTimeout(
    () => end({ ...unreachable(`${where}: no answer within ${STREAM_TIMEOUT_MS} ms.`), unanswered: connected }),
    STREAM_TIMEOUT_MS,
  );
  // A stream is no reason to keep a process alive that has nothing else to do.
  deadline.unref();
  outgoing.on('socket', (socket) => {
    socket.unref();
    socket.on('connect', () => {
      connected = true;
    });
  });
  outgoing.on('error', (error) => end(unreachable(`${where}: ${error.message}`)));
  outgoing.on('response', (answer) => {
    if (over) return;
    clearTimeout(deadline);
    const refusal = refusalOf(url, answer);
    if (refusal !== null) {
      end(refusal);
      return;
    }
    listener.onOpen();
    const decoder = new StringDecoder('utf8');
    answer.on('data', (bytes: Buffer) => {
      if (!over) listener.onText(decoder.write(bytes));
    });
    answer.on('error', (error) => end(unreachable(`${where}: ${error.message}`)));
    answer.on('close', () => end(unreachable(`${where}: the server ended the stream.`)));
  });
  return () => end(null);
}

function refusalOf(url: string, answer: http.IncomingMessage): Failure | null {
  const status = answer.statusCode ?? 0;
  if (status !== 200) return failureOf(url, status, answer.headers);
  const type = answer.headers['content-type'] ?? 'none';
  if (type.startsWith('text/event-stream')) return null;
  return unreachable(`GET ${new URL(url).pathname}: the answer is no event stream (content-type ${type}).`);
}

function failureOf(url: string, status: number, headers: http.IncomingHttpHeaders): Failure {
  const what = `GET ${new URL(url).pathname}: status ${status}`;
  const hints: { readonly [status: number]: string } = {
    401: 'the server does not accept the key; check the option `key` and whether the key was revoked',
    403: 'the key may not read this environment; a server key is needed',
    404: 'there is no Flaghoist server at this address; check the option `url`',
  };
  const redirect =
    status >= 300 && status < 400 ? `redirects are not followed; use ${headers.location ?? 'the final address'} ` : '';
  const hint = hints[status] ?? redirect;
  const message = hint === '' ? `${what}.` : `${what}: ${hint.trim()}.`;
  return { status, retryAfterMs: parseRetryAfter(headers['retry-after']), message };
}

function statusOf({ status, headers }: { readonly status: number; readonly headers: http.IncomingHttpHeaders }) {
  const retryAfterMs = parseRetryAfter(headers['retry-after']);
  return { status, ...(retryAfterMs === null ? {} : { retryAfterMs }) };
}

function parseSpread(text: string): number | null {
  try {
    const { spreadMs } = JSON.parse(text) as { readonly spreadMs?: unknown };
    return typeof spreadMs === 'number' && Number.isFinite(spreadMs) ? spreadMs : null;
  } catch {
    return null;
  }
}

function unreachable(message: string): Failure {
  return { status: null, retryAfterMs: null, message };
}

/** Seconds, or a date; null when there is none or it cannot be read. */
function parseRetryAfter(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (/^\d{1,9}$/.test(text.trim())) return Number(text) * 1_000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now());
}
