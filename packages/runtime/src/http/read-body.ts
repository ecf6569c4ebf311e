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
export async function readBody(request: IncomingMessage, options: ReadBodyOptions): Promise<BodyResult> {
  const result = await collect(request, options);
  // Also after a good answer: gzip may end before the body does.
  if (!request.readableEnded) discardRest(request);
  return result;
}

async function collect(request: IncomingMessage, options: ReadBodyOptions): Promise<BodyResult> {
  const encoding = encodingOf(request);
  if (encoding === 'unsupported') {
    const detail = `The content-encoding "${request.headers['content-encoding']}" is not supported. Send gzip or none.`;
    return { ok: false, status: 415, code: 'encoding_unsupported', detail };
  }
  const gzip = encoding === 'gzip';
  const announced = Number(request.headers['content-length'] ?? 0);
  if (!gzip && announced > options.limitBytes) return refuse('large', options);
  const collected = await collectBody(request, { ...options, gzip });
  return collected.outcome === 'complete' ? { ok: true, body: collected.body } : refuse(collected.outcome, options);
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
