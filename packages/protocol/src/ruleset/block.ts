/**
 * Blocks: a head line, the line of its signature if it has one, and entity lines, each ended by LF.
 *
 * A signature line is `signature TAB text`, where the text is `KEYID.SIGNATURE`: 16 and 86 characters of base64url, the
 * beginning of the SHA-256 of the public key's 32 bytes, and the Ed25519 signature of the head's text (RFC 8032, without
 * context). It is not part of the head, whose hash stays what it is without one.
 *
 * A patch is one block: the head of revision n+1 and the entities that differ from revision n. A snapshot is one block
 * that holds every entity of its revision, followed by the patches since then, in order; whoever reads it applies them
 * one after the other. A head line begins with `{`, the others never do.
 */
import { type EntityLine, formatEntityLine, parseEntityLine } from './entity.ts';
import { type Head, parseHead } from './head.ts';

export interface Block {
  readonly head: Head;
  readonly headText: string;
  /** `KEYID.SIGNATURE`; absent: the head is not signed. Says nothing until it was checked. */
  readonly signature?: string;
  readonly entities: readonly EntityLine[];
}

export const RULESET_MEDIA_TYPE = 'application/vnd.flaghoist.ruleset; charset=utf-8';

const SIGNATURE = 'signature\t';
const SIGNATURE_FORM = /^[\w-]{16}\.[\w-]{86}$/;

/** `signature` null: the head is not signed. */
export function formatBlock(headText: string, entities: Iterable<EntityLine>, signature: string | null = null): string {
  let text = `${formatHeadLines(headText, signature)}\n`;
  for (const entity of entities) text += `${formatEntityLine(entity)}\n`;
  return text;
}

/** What a block begins with, and all that the event `head` carries: the head and its signature. Without the last LF. */
export function formatHeadLines(headText: string, signature: string | null): string {
  return signature === null ? headText : `${headText}\n${SIGNATURE}${signature}`;
}

/** The same, from the text of a block. */
export function headLinesOf(block: string): string {
  const end = block.indexOf('\n');
  if (end < 0) return '';
  return block.startsWith(SIGNATURE, end + 1) ? block.slice(0, block.indexOf('\n', end + 1)) : block.slice(0, end);
}

/** Null when the text is not one or more whole blocks. Does not check hashes, roots or order. */
export function parseBlocks(text: string): readonly Block[] | null {
  const blocks: { head: Head; headText: string; signature?: string; entities: EntityLine[] }[] = [];
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start);
    if (end < 0) return null;
    const line = text.slice(start, end);
    start = end + 1;
    if (line.startsWith('{')) {
      const head = parseHead(line);
      if (head === null) return null;
      blocks.push({ head, headText: line, entities: [] });
      continue;
    }
    const block = blocks.at(-1);
    if (block === undefined) return null;
    if (line.startsWith(SIGNATURE)) {
      const signature = line.slice(SIGNATURE.length);
      const isInPlace = block.signature === undefined && block.entities.length === 0;
      if (!isInPlace || !SIGNATURE_FORM.test(signature)) return null;
      block.signature = signature;
    } else {
      const entity = parseEntityLine(line);
      if (entity === null) return null;
      block.entities.push(entity);
    }
  }
  return blocks.length > 0 ? blocks : null;
}
