/** The native door's events as bytes, made once for every stream of an environment. */
import { type Cursor, type EntityLine, formatBlock, formatCursor, type NativeEvent } from '@flaghoist/protocol/ruleset';

export function formatEvent(event: NativeEvent, data: string, cursor?: Cursor): Buffer {
  const id = cursor === undefined ? '' : `id: ${formatCursor(cursor)}\n`;
  return Buffer.from(`event: ${event}\n${id}data: ${data.replaceAll('\n', '\ndata: ')}\n\n`);
}

/** The text of a patch without its keys: those travel to edges only. `headLines`: the head and its signature. */
export function formatPatch(headLines: string, changed: readonly EntityLine[]): string {
  return formatBlock(
    headLines,
    changed.filter((line) => line.kind !== 'key'),
  );
}

/** Null when an event cannot carry the block: a carriage return ends a line there, and would change the bytes. */
export function formatPatchEvent(block: string, cursor: Cursor): Buffer | null {
  return block.includes('\r') ? null : formatEvent('patch', block.slice(0, -1), cursor);
}
