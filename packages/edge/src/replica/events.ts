/** The native door's events as bytes, made once for every stream of an environment. */
import { type EntityLine, formatBlock, type NativeEvent } from '@flaghoist/protocol/ruleset';

export function formatEvent(event: NativeEvent, data: string, id?: string): Buffer {
  const line = id === undefined ? '' : `id: ${id}\n`;
  return Buffer.from(`event: ${event}\n${line}data: ${data.replaceAll('\n', '\ndata: ')}\n\n`);
}

/** The text of a patch. Its keys travel to edges only. `headLines`: the head and its signature. */
export function formatPatch(headLines: string, changed: readonly EntityLine[]): string {
  return formatBlock(headLines, changed);
}

/** Null when an event cannot carry the block: a carriage return ends a line there, and would change the bytes. */
export function formatPatchEvent(block: string, id: string): Buffer | null {
  return block.includes('\r') ? null : formatEvent('patch', block.slice(0, -1), id);
}
