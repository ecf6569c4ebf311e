import type { IncomingMessage } from 'node:http';
import { createGunzip } from 'node:zlib';

export interface CollectOptions {
  /** Of the decoded body. */
  readonly limitBytes: number;
  readonly deadlineMs: number;
  readonly gzip: boolean;
}

export type Collected =
  | { readonly outcome: 'complete'; readonly body: Buffer }
  /** `incomplete`: the sender went away. `corrupt`: not what its content-encoding says. */
  | { readonly outcome: 'late' | 'large' | 'incomplete' | 'corrupt' };

/**
 * Reads a message's body, holding no more than the limit plus one chunk, and calls `onSettled` once, never before it
 * returns. When it is not `complete` the rest is unread and the message paused. A callback and not a promise: of a small
 * request's whole time a tenth went into the promises it made.
 */
export function collectBody(
  source: IncomingMessage,
  options: CollectOptions,
  onSettled: (collected: Collected) => void,
): void {
  const gunzip = options.gzip ? createGunzip() : null;
  const chunks: Buffer[] = [];
  let received = 0;
  let decoded = 0;
  let settled = false;
  let timer: NodeJS.Timeout | undefined;

  const settle = (result: Collected): void => {
    if (settled) return;
    settled = true;
    clearTimeout(timer);
    if (result.outcome !== 'complete' || !source.readableEnded) source.pause();
    if (gunzip) {
      source.unpipe(gunzip);
      gunzip.destroy();
    }
    onSettled(result);
  };
  // A small body comes together with its headers: then it is here by now, and a timer would be set for nothing.
  process.nextTick(() => {
    if (!settled && !source.complete) timer = setTimeout(() => settle({ outcome: 'late' }), options.deadlineMs);
  });

  const onDecoded = (chunk: Buffer): void => {
    if (settled) return;
    decoded += chunk.byteLength;
    if (decoded > options.limitBytes) settle({ outcome: 'large' });
    else chunks.push(chunk);
  };
  const onReceived = (chunk: Buffer): void => {
    if (settled) return;
    received += chunk.byteLength;
    if (!gunzip) onDecoded(chunk);
    else if (received > maxCompressed(options.limitBytes)) settle({ outcome: 'large' });
  };
  const onComplete = (): void => settle({ outcome: 'complete', body: joined(chunks, decoded) });
  const onEnd = (): void => {
    if (!gunzip || received === 0) onComplete();
  };
  const onLost = (): void => {
    // A message closes after its end too, maybe before the last of it was decompressed.
    if (!source.readableEnded) settle({ outcome: 'incomplete' });
  };

  // Stays attached: a message may report the loss of its connection after it was settled.
  source.on('error', ignore);
  source.on('data', onReceived).on('end', onEnd).on('close', onLost);
  if (gunzip) {
    gunzip.on('data', onDecoded).on('end', onComplete);
    gunzip.on('error', () => settle({ outcome: 'corrupt' }));
    source.pipe(gunzip);
  }
}

function ignore(): void {}

function joined(chunks: readonly Buffer[], bytes: number): Buffer {
  const [first] = chunks;
  return first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks, bytes);
}

/** What gzip makes of incompressible bytes: 5 bytes for each 16 KiB, header and trailer; rounded up generously. */
function maxCompressed(bytes: number): number {
  return bytes + Math.ceil(bytes / 256) + 1_024;
}

/** `unsupported` for any encoding but gzip, and for several at once. */
export function encodingOf(message: IncomingMessage): 'identity' | 'gzip' | 'unsupported' {
  const encoding = message.headers['content-encoding']?.trim().toLowerCase() ?? '';
  if (encoding === '' || encoding === 'identity') return 'identity';
  return encoding === 'gzip' || encoding === 'x-gzip' ? 'gzip' : 'unsupported';
}
