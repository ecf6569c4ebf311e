/** The native door over node:http and node:https. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Failure, FetchListener, ReceiptAnswer, StreamListener, Transport } from '@flaghoist/client';
import { NATIVE_PATHS, ownRulesetPath, RULESET_MEDIA_TYPE } from '@flaghoist/protocol/ruleset';
import { sha256 } from '@flaghoist/runtime/crypto';
import type { OutgoingTls } from '@flaghoist/runtime/tls';
import {
  clientCertificateProblem,
  openTextStream,
  parseRetryAfter,
  request,
  type RequestResult,
} from '@flaghoist/runtime/http';

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
/** Caches in front keep answers for seconds; one this old was kept because nobody behind them answers. */
const CACHED_TOO_LONG_S = 30;
const POST_TIMEOUT_MS = 10_000;
const POST_MAX_BYTES = 64 * 1024;

/** `url` without a slash at its end. `tls` answers null: what Node believes. */
export function createNativeTransport(
  { url, key }: { readonly url: string; readonly key: string },
  tls: () => OutgoingTls | null = () => null,
): NativeTransport {
  const authorization = `Bearer ${key}`;
  const rulesetPath = ownRulesetPath(key, sha256);
  const closing = new AbortController();
  const post = async (path: string, body: string): Promise<RequestResult> => {
    const answer = await request({
      url: `${url}${path}`,
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body,
      timeoutMs: POST_TIMEOUT_MS,
      maxBytes: POST_MAX_BYTES,
      signal: closing.signal,
      tls: tls() ?? undefined,
    });
    // Says nothing about what was sent: that is kept and sent again, as without an answer.
    const stranger = clientCertificateProblem(answer.status, answer.body);
    if (stranger !== null) throw new Error(stranger);
    return answer;
  };
  return {
    fetch: (etag, listener) =>
      fetchSnapshot({ url: `${url}${rulesetPath}`, authorization, tls: tls() }, etag, listener),
    connect: (after, listener) =>
      openStream({ url: `${url}${NATIVE_PATHS.stream}?after=${after}`, authorization, tls: tls() }, listener),
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

interface Target {
  readonly url: string;
  readonly authorization: string;
  readonly tls: OutgoingTls | null;
}

function fetchSnapshot({ url, authorization, tls }: Target, etag: string | null, listener: FetchListener): () => void {
  const giveUp = new AbortController();
  const headers = {
    authorization,
    accept: RULESET_MEDIA_TYPE,
    ...(etag === null ? {} : { 'if-none-match': `"${etag}"` }),
  };
  const options = { url, method: 'GET', headers, timeoutMs: SNAPSHOT_TIMEOUT_MS, maxBytes: SNAPSHOT_MAX_BYTES };
  request({ ...options, signal: giveUp.signal, tls: tls ?? undefined }).then(
    (answer) => {
      if (giveUp.signal.aborted) return;
      if (answer.status === 200) listener.onRuleset(answer.body);
      else if (answer.status === 304 && ageOf(answer.headers) > CACHED_TOO_LONG_S)
        listener.onFailure(unreachable(keptAnswer(url, ageOf(answer.headers))));
      else if (answer.status === 304) listener.onUnchanged();
      else listener.onFailure(failureOf(url, answer));
    },
    (error: unknown) => {
      if (!giveUp.signal.aborted)
        listener.onFailure(unreachable(error instanceof Error ? error.message : String(error)));
    },
  );
  return () => giveUp.abort();
}

function openStream({ url, authorization, tls }: Target, listener: StreamListener): () => void {
  return openTextStream({
    url,
    headers: { authorization },
    tls: tls ?? undefined,
    mediaType: 'text/event-stream',
    timeoutMs: STREAM_TIMEOUT_MS,
    onOpen: () => listener.onOpen(),
    onText: (text) => listener.onText(text),
    onEnd: ({ refused, unanswered, message }) =>
      listener.onFailure(refused === null ? { ...unreachable(message), unanswered } : failureOf(url, refused)),
  });
}

/** Of a stream there is no body. */
interface Refused {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body?: string;
}

function failureOf(url: string, { status, headers, body = '' }: Refused): Failure {
  const what = `${describe(url)}: status ${status}`;
  const hints: { readonly [status: number]: string } = {
    400: 'does the server ask for a client certificate? check the option `tls`',
    401: 'the server does not accept the key; check the option `key` and whether the key was revoked',
    403: 'the key may not read this environment; a server key is needed',
    404: 'there is no Flaghoist server at this address; check the option `url`',
  };
  const redirect =
    status >= 300 && status < 400 ? `redirects are not followed; use ${headers.location ?? 'the final address'} ` : '';
  const stranger = clientCertificateProblem(status, body)?.replace(/\.$/, '');
  const hint = stranger ?? hints[status] ?? redirect;
  const message = hint === '' ? `${what}.` : `${what}: ${hint.trim()}.`;
  return { status, retryAfterMs: parseRetryAfter(headers['retry-after']), message };
}

function ageOf({ age }: IncomingHttpHeaders): number {
  return /^\d{1,9}$/.test(age ?? '') ? Number(age) : 0;
}

function keptAnswer(url: string, ageSeconds: number): string {
  return `${describe(url)}: the answer is ${ageSeconds} s old. A cache keeps it because it does not reach the server.`;
}

/** Without the address of the key, which is of no use to anybody who reads it. */
function describe(url: string): string {
  const { pathname } = new URL(url);
  const at = pathname.indexOf(NATIVE_PATHS.ruleset);
  return `GET ${at < 0 ? pathname : pathname.slice(0, at + NATIVE_PATHS.ruleset.length)}`;
}

function statusOf({ status, headers }: { readonly status: number; readonly headers: IncomingHttpHeaders }) {
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
