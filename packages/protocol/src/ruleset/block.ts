/**
 * Blocks: a head line followed by entity lines, each ended by LF.
 *
 * A patch is one block: the head of revision n+1 and the entities that differ from revision n. A snapshot is one block
 * that holds every entity of its revision, followed by the patches since then, in order; whoever reads it applies them
 * one after the other. A head line begins with `{`, an entity line never does.
 */
import { type EntityLine, formatEntityLine, parseEntityLine } from './entity.ts';
import { type Head, parseHead } from './head.ts';

export interface Block {
  readonly head: Head;
  readonly headText: string;
  readonly entities: readonly EntityLine[];
}

export const RULESET_MEDIA_TYPE = 'application/vnd.flaghoist.ruleset; charset=utf-8';

export function formatBlock(headText: string, entities: Iterable<EntityLine>): string {
  let text = `${headText}\n`;
  for (const entity of entities) text += `${formatEntityLine(entity)}\n`;
  return text;
}

/** Null when the text is not one or more whole blocks. Does not check hashes, roots or order. */
export function parseBlocks(text: string): readonly Block[] | null {
  const blocks: { head: Head; headText: string; entities: EntityLine[] }[] = [];
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start);
    if (end < 0) return null;
    const line = text.slice(start, end);
    start = end + 1;
    if (line.startsWith('{')) {
      const head = parseHead(line);
      if (head === null) return null;
      blocks.push({ head, headText: line, entities: [] });
    } else {
      const entity = parseEntityLine(line);
      const block = blocks.at(-1);
      if (entity === null || block === undefined) return null;
      block.entities.push(entity);
    }
  }
  return blocks.length > 0 ? blocks : null;
}
