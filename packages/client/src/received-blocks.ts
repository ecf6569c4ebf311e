/** What a server sends, as blocks; null where it cannot be read. */
import { type Block, parseBlocks } from '@flaghoist/protocol/ruleset';

/** The data of the event `head`: a block without entities. */
export function readHead(data: string): Block | null {
  const block = readPatch(data);
  return block === null || block.entities.length > 0 ? null : block;
}

/** The data of the event `patch`, with its last line feed or without. */
export function readPatch(data: string): Block | null {
  const blocks = parseBlocks(data.endsWith('\n') ? data : `${data}\n`);
  const [block] = blocks ?? [];
  return block === undefined || blocks?.length !== 1 ? null : block;
}

export function readSnapshot(text: string): { readonly blocks: readonly Block[]; readonly last: Block } | null {
  const blocks = parseBlocks(text);
  const last = blocks?.at(-1);
  return blocks === null || last === undefined ? null : { blocks, last };
}
