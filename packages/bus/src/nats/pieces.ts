/**
 * Bodies that are longer than one message should be. The pieces are stored first, and only then the message that names
 * them by sequence, so that whoever reads has the whole or nothing.
 */
import type { JetStream } from './jetstream.ts';
import { inParallel } from './retry.ts';

/** What a message is cut into, in bytes, and the longest body that is not cut. */
export const PIECE_BYTES = 256 << 10;
/** Headers, and what a server may count besides. */
const ROOM_BYTES = 16 << 10;
const AT_ONCE = 4;

/** Where the pieces of a body are, in order. */
export interface Pieces {
  readonly sizeBytes: number;
  readonly seqs: readonly number[];
}

export function pieceBytes(maxPayloadBytes: number): number {
  return Math.max(1, Math.min(PIECE_BYTES, maxPayloadBytes - ROOM_BYTES));
}

export async function writePieces(
  jetstream: JetStream,
  subject: string,
  body: Uint8Array,
  sizeBytes: number,
): Promise<Pieces> {
  const starts = Array.from({ length: Math.ceil(body.length / sizeBytes) }, (_, index) => index * sizeBytes);
  const seqs = await inParallel(starts, AT_ONCE, async (start) => {
    const result = await jetstream.publish(subject, body.subarray(start, start + sizeBytes), {});
    return result.outcome === 'stored' ? result.seq : 0;
  });
  return { sizeBytes: body.length, seqs };
}

/** Null: some are gone. */
export async function readPieces(
  jetstream: JetStream,
  stream: string,
  subject: string,
  { sizeBytes, seqs }: Pieces,
): Promise<Uint8Array | null> {
  const pieces = await inParallel(seqs, AT_ONCE, async (seq) => {
    const piece = await jetstream.at(stream, seq);
    return piece !== null && piece.subject === subject ? piece.data : null;
  });
  const body = new Uint8Array(sizeBytes);
  let at = 0;
  for (const piece of pieces) {
    if (piece === null || at + piece.length > sizeBytes) return null;
    body.set(piece, at);
    at += piece.length;
  }
  return at === sizeBytes ? body : null;
}

/** `length:first,more,more...`: each sequence as what it has over the one before, base 36. */
export function formatPieces({ sizeBytes, seqs }: Pieces): string {
  return `${sizeBytes.toString(36)}:${formatSequences(seqs)}`;
}

export function parsePieces(text: string): Pieces | null {
  const [size = '', seqs = ''] = text.split(':');
  return size === '' ? null : { sizeBytes: parseInt(size, 36), seqs: parseSequences(seqs) };
}

export function formatSequences(seqs: readonly number[]): string {
  return seqs.map((seq, index) => (seq - (seqs[index - 1] ?? 0)).toString(36)).join(',');
}

export function parseSequences(text: string): number[] {
  let last = 0;
  return text === '' ? [] : text.split(',').map((difference) => (last += parseInt(difference, 36)));
}
