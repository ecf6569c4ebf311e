/** How far a spool was handed on. */
import { readFile } from 'node:fs/promises';

/** A place between two lines. */
export interface Position {
  readonly segment: number;
  readonly offset: number;
}

export const WATERMARK = 'watermark.json';

/** The start of everything when there is none or it is unreadable: what was forwarded before is forwarded again. */
export async function readWatermark(path: string): Promise<Position> {
  try {
    const value = JSON.parse(await readFile(path, 'utf8')) as Partial<Position> | null;
    const { segment, offset } = value ?? {};
    if (Number.isSafeInteger(segment) && Number.isSafeInteger(offset))
      return { segment: segment ?? 0, offset: offset ?? 0 };
  } catch {
    // No file yet, or not ours.
  }
  return { segment: 0, offset: 0 };
}
