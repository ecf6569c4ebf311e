/**
 * A ruleset in a file: a header line, then one full block.
 *
 * The header `{"format":1,"sha256":...,"cursor":...,"savedAt":...}` carries the hash of everything after its line feed.
 * A file that is torn, cut or altered anywhere is told from a whole one. `savedAt` (milliseconds since 1970) is a label.
 */
import {
  type Block,
  type EntityLine,
  formatBlock,
  formatCursor,
  type Head,
  parseBlocks,
  type Sha256,
} from '@flaghoist/protocol/ruleset';

const FORMAT = 1;

export interface StoredContent {
  readonly head: Head;
  readonly headText: string;
  readonly entities: Iterable<EntityLine>;
}

export type StoredRuleset =
  | { readonly ok: true; readonly blocks: readonly Block[] }
  | { readonly ok: false; readonly message: string };

export function formatStored(sha256: Sha256, content: StoredContent, savedAt: number): string {
  const block = formatBlock(content.headText, content.entities);
  const header = { format: FORMAT, sha256: sha256(block), cursor: formatCursor(content.head), savedAt };
  return `${JSON.stringify(header)}\n${block}`;
}

/** Also takes blocks without a header, as the native door's snapshot has them. Checks no entity: that is for who applies. */
export function parseStored(sha256: Sha256, text: string): StoredRuleset {
  const end = text.indexOf('\n');
  if (end < 0) return { ok: false, message: 'it is empty or its first line is not complete' };
  const header = parseHeader(text.slice(0, end));
  if (header === null) return blocksOf(text);
  if (header.format !== FORMAT)
    return { ok: false, message: `its format is ${String(header.format)}, this build reads ${FORMAT}` };
  const rest = text.slice(end + 1);
  if (sha256(rest) !== header.sha256) return { ok: false, message: 'its content does not have the hash in its header' };
  return blocksOf(rest);
}

function blocksOf(text: string): StoredRuleset {
  const blocks = parseBlocks(text);
  return blocks === null ? { ok: false, message: 'it does not hold a ruleset' } : { ok: true, blocks };
}

/** Null when the line is something else than a header, for example a head. */
function parseHeader(line: string): { readonly format: unknown; readonly sha256: unknown } | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || !('format' in value)) return null;
  return { format: value.format, sha256: 'sha256' in value ? value.sha256 : undefined };
}
