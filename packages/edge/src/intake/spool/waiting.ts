/** What lies in a spool that nobody has open. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '@flaghoist/runtime/files';
import { numberOf } from './segment.ts';
import { readWatermark, WATERMARK } from './watermark.ts';

/** Bytes in a spool's folder that were acknowledged and not handed on; 0 when there is no such folder. Changes nothing. */
export async function waitingBytes(folder: string): Promise<number> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  });
  const { segment, offset } = await readWatermark(join(folder, WATERMARK));
  let waiting = 0;
  for (const name of names) {
    const number = numberOf(name);
    if (number === null || number < segment) continue;
    const { size } = await stat(join(folder, name));
    waiting += number === segment ? Math.max(0, size - offset) : size;
  }
  return waiting;
}
