/** Segments: the append-only files of a spool, `segment-000000000001.jsonl` and so on, one JSON line per batch. */
import { open, readdir, stat, truncate, unlink } from 'node:fs/promises';
import { join } from 'node:path';

export interface Segment {
  readonly number: number;
  readonly path: string;
  /** Bytes that hold whole, synced lines. */
  length: number;
}

const NAME = /^segment-(\d{12})\.jsonl$/;
const LF = 10;
const TAIL_BYTES = 64 << 10;

export function segmentPath(folder: string, number: number): string {
  return join(folder, `segment-${String(number).padStart(12, '0')}.jsonl`);
}

/** The number of the segment that a file is; null: it is none. */
export function numberOf(name: string): number | null {
  const match = NAME.exec(name);
  return match === null ? null : Number(match[1]);
}

/** The segments of a folder in order, each cut after its last whole line; empty ones are deleted. */
export async function recoverSegments(folder: string): Promise<{ segments: Segment[]; tornBytes: number }> {
  const segments: Segment[] = [];
  let tornBytes = 0;
  for (const name of (await readdir(folder)).sort()) {
    const number = numberOf(name);
    if (number === null) continue;
    const path = join(folder, name);
    const { size } = await stat(path);
    const length = await wholeLength(path, size);
    tornBytes += size - length;
    if (length === 0) {
      await unlink(path);
      continue;
    }
    if (length < size) await truncate(path, length);
    segments.push({ number, path, length });
  }
  return { segments, tornBytes };
}

/** Length up to and including the last LF. */
async function wholeLength(path: string, size: number): Promise<number> {
  const handle = await open(path, 'r');
  try {
    for (let end = size; end > 0; ) {
      const start = Math.max(0, end - TAIL_BYTES);
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(end - start), 0, end - start, start);
      const at = buffer.subarray(0, bytesRead).lastIndexOf(LF);
      if (at >= 0) return start + at + 1;
      end = start;
    }
    return 0;
  } finally {
    await handle.close();
  }
}

export interface Lines {
  readonly texts: readonly string[];
  /** Offset after the last of them. */
  readonly end: number;
}

/** Whole lines from an offset on: about `bytes` of them, and at least one while the segment holds one. */
export async function readLines(segment: Segment, offset: number, bytes: number): Promise<Lines> {
  const handle = await open(segment.path, 'r');
  try {
    for (let size = bytes; ; size *= 2) {
      const wanted = Math.min(size, segment.length - offset);
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(wanted), 0, wanted, offset);
      const at = buffer.subarray(0, bytesRead).lastIndexOf(LF);
      if (at >= 0) return { texts: buffer.toString('utf8', 0, at).split('\n'), end: offset + at + 1 };
      if (bytesRead < wanted || wanted === segment.length - offset)
        throw new Error(`${segment.path} ends within a line at ${offset + bytesRead}.`);
    }
  } finally {
    await handle.close();
  }
}
