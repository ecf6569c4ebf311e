import type { IncomingMessage } from 'node:http';
import { collectBody, encodingOf } from './collect-body.ts';

export interface ReadBodyOptions {
  /** Of the body after decompression. */
  readonly limitBytes: number;
  /** For the whole body. */
  readonly deadlineMs: number;
}

export type BodyResult =
  | { readonly ok: true; readonly body: Buffer }
  | { readonly ok: false; readonly status: 400 | 408 | 413 | 415; readonly code: string; readonly detail: string };

/** So much more of a refused body is read and thrown away, because most senders read the answer only after sending. */
const DISCARD_BYTES = 1 << 20;

/**
 * Reads a request's body, plain or gzip, of announced length or chunked. Refused are: more than `limitBytes` (413,
 * `body_too_large`), a body not received within `deadlineMs` (408, `body_timeout`), another content-encoding (415,
 * `encoding_unsupported`), a body that is not gzip though it says so (400, `body_corrupt`) and one that ended early
 * (400, `body_incomplete`). Memory is bounded by the limit in every case. Never rejects. After a refusal the caller
 * answers; what still arrives is thrown away, and the connection is cut when that is more than 1 MiB.
 */
export function readBody(request: IncomingMessage, options: ReadBodyOptions): Promise<BodyResult> {
  return new Promise((resolve) => receiveBody(request, options, resolve));
}

/** The same without a promise, for whoever reads tens of thousands a second. `onBody` may be called before it returns. */
export function receiveBody(
  request: IncomingMessage,
  options: ReadBodyOptions,
  onBody: (result: BodyResult) => void,
): void {
  const { headers } = request;
  const encoding = headers['content-encoding'] === undefined ? 'identity' : encodingOf(request);
  if (encoding === 'unsupported') {
    discardRest(request);
    const detail = `The content-encoding "${headers['content-encoding']}" is not supported. Send gzip or none.`;
    onBody({ ok: false, status: 415, code: 'encoding_unsupported', detail });
    return;
  }
  const gzip = encoding === 'gzip';
  if (!gzip && Number(headers['content-length'] ?? 0) > options.limitBytes) {
    discardRest(request);
    onBody(refuse('large', options));
    return;
  }
  collectBody(request, { limitBytes: options.limitBytes, deadlineMs: options.deadlineMs, gzip }, (collected) => {
    // Also after a good answer: gzip may end before the body does.
    if (!request.readableEnded) discardRest(request);
    onBody(collected.outcome === 'complete' ? { ok: true, body: collected.body } : refuse(collected.outcome, options));
  });
}

const REFUSALS = {
  large: { status: 413, code: 'body_too_large' },
  late: { status: 408, code: 'body_timeout' },
  corrupt: { status: 400, code: 'body_corrupt' },
  incomplete: { status: 400, code: 'body_incomplete' },
} as const;

function refuse(outcome: keyof typeof REFUSALS, { limitBytes, deadlineMs }: ReadBodyOptions): BodyResult {
  const details = {
    large: `The body is larger than ${limitBytes} bytes, the limit here.`,
    late: `The body was not received within ${deadlineMs} ms.`,
    corrupt: 'The body is not gzip, although its content-encoding says so.',
    incomplete: 'The connection ended before the whole body was received.',
  };
  return { ok: false, ...REFUSALS[outcome], detail: details[outcome] };
}

function discardRest(request: IncomingMessage): void {
  let left = DISCARD_BYTES;
  request.on('error', () => undefined);
  request.on('data', (chunk: Buffer) => {
    left -= chunk.byteLength;
    if (left < 0) request.destroy();
  });
  request.resume();
}
