/** What a server sends, read into blocks; nothing of it is checked yet. */
import { type Block, parseBlocks } from '@flaghoist/protocol/ruleset';
import type { ServerSentEvent } from './event-stream-parser.ts';

export type StreamEvent =
  | { readonly type: 'reset' }
  /** A head is a block without entities. */
  | { readonly type: 'head' | 'patch'; readonly block: Block }
  | { readonly type: 'malformed'; readonly message: string };

/** The blocks of a snapshot, and the one that says where it leads; null: it is not whole. */
export function readSnapshot(text: string): { readonly blocks: readonly Block[]; readonly last: Block } | null {
  const blocks = parseBlocks(text);
  const last = blocks?.at(-1);
  return blocks === null || last === undefined ? null : { blocks, last };
}

/** Null: an event that is to be ignored. */
export function readEvent({ event, data }: Pick<ServerSentEvent, 'event' | 'data'>): StreamEvent | null {
  if (event === 'reset') return { type: 'reset' };
  if (event !== 'head' && event !== 'patch') return null;
  const blocks = parseBlocks(data.endsWith('\n') ? data : `${data}\n`);
  const [block] = blocks ?? [];
  const isOne = block !== undefined && blocks?.length === 1;
  if (isOne && (event === 'patch' || block.entities.length === 0)) return { type: event, block };
  return { type: 'malformed', message: `The stream sent a ${event} that cannot be read.` };
}
