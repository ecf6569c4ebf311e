import { explainConnection, isTlsRefusal, request, RequestError } from '@flaghoist/runtime/http';
import type { OutgoingTls } from '@flaghoist/runtime/tls';

export interface ExchangeRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
  readonly body: string | undefined;
  readonly timeoutMs: number;
}

export interface ExchangeAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: { readonly [name: string]: string | undefined };
  readonly body: string;
}

export type ExchangeResult =
  | { readonly ok: true; readonly answer: ExchangeAnswer }
  /** No answer. `sent`: the server may have acted on the request all the same. */
  | { readonly ok: false; readonly sent: boolean; readonly message: string };

/** One HTTP request and its answer. Never rejects. */
export type Exchange = (request: ExchangeRequest) => Promise<ExchangeResult>;

/** A list of segments with a hundred thousand keys each is large. */
const MAX_ANSWER_BYTES = 256 * 1024 * 1024;

/** Failures that come before the first byte of a request is sent. */
const BEFORE_SENDING: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
]);

/** `tls` absent: with whom Node believes. */
export function createExchange(tls?: OutgoingTls): Exchange {
  return (exchanged) => exchangeOnce(exchanged, tls);
}

async function exchangeOnce(
  { method, url, headers, body, timeoutMs }: ExchangeRequest,
  tls: OutgoingTls | undefined,
): Promise<ExchangeResult> {
  try {
    const {
      status,
      headers: received,
      body: text,
    } = await request({
      method,
      url,
      headers,
      ...(body === undefined ? {} : { body }),
      timeoutMs,
      maxBytes: MAX_ANSWER_BYTES,
      tls,
    });
    return { ok: true, answer: { status, headers: flat(received), body: text } };
  } catch (error) {
    if (error instanceof RequestError) return { ok: false, ...describeFailure(error) };
    throw error;
  }
}

/** Why a connection failed, and whether it failed before anything was sent. */
export function describeFailure(error: Error): { readonly sent: boolean; readonly message: string } {
  const code = codeOf(error.cause) ?? codeOf(error);
  const isAddress = error instanceof RequestError && error.reason === 'address';
  const isEarly = (code !== undefined && BEFORE_SENDING.has(code)) || isTlsRefusal(causeOf(error));
  const sent = !isAddress && !isEarly;
  return { sent, message: EXPLANATIONS.get(code ?? '') ?? explain(error) };
}

/** The failure itself, where it is known, and not what was being done. */
function explain(error: Error): string {
  const cause = causeOf(error);
  return cause !== error && 'code' in cause ? `${explainConnection(cause)}.` : error.message;
}

function causeOf(error: Error): Error {
  return error.cause instanceof Error ? error.cause : error;
}

const EXPLANATIONS: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'nothing listens there (ECONNREFUSED).'],
  ['ENOTFOUND', 'the host name is not known (ENOTFOUND).'],
  ['ECONNRESET', 'the connection was cut (ECONNRESET).'],
]);

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

function flat(headers: { readonly [name: string]: string | string[] | undefined }): ExchangeAnswer['headers'] {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}
