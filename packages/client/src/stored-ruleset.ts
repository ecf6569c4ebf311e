/**
 * A ruleset in a file: a header line, then one full block.
 *
 * The header is `{"format":2,"length":...,"sha256":...,"environment":...,"epoch":...,"revision":...,"cursor":...,"head":
 * ...,"savedAt":...}` in exactly that form. `length` counts the UTF-8 bytes after the header's line feed; `sha256` is that
 * of those bytes followed by the header with an empty `sha256`, so that no byte of the file can change unseen. `head` is
 * the hash of the block's head, `cursor` where a stream goes on from, `savedAt` (milliseconds since 1970) a label.
 */
import {
  type Block,
  type EntityLine,
  formatCursor,
  formatEntityLine,
  formatHeadLines,
  type Head,
  hashHead,
  parseBlocks,
  type Sha256,
} from '@flaghoist/protocol/ruleset';
import { type Place, placeOf } from './place.ts';

const FORMAT = 2;
/** Lines formatted in one go: about a millisecond. */
const SLICE = 500;

/** Hashes a long text piece by piece; `digest` is what `Sha256` makes of the whole. */
export interface Hasher {
  update(text: string): void;
  digest(): string;
}

export interface StoredContent {
  readonly head: Head;
  readonly headText: string;
  /** Of the head, which is checked again when the file is read. */
  readonly signature?: string | null;
  /** Each once, in any order; is not changed while it is being formatted. */
  readonly entities: readonly EntityLine[];
}

export type StoredRuleset =
  | { readonly ok: true; readonly blocks: readonly Block[]; readonly place: Place; readonly savedAt: number }
  | { readonly ok: false; readonly message: string };

interface Header {
  readonly length: number;
  readonly sha256: string;
  readonly place: Place;
  readonly savedAt: number;
}

/** The file as texts to be written one after the other. `pause` is awaited between slices of about a millisecond. */
export async function formatStored(
  hasher: Hasher,
  content: StoredContent,
  place: Place,
  savedAt: number,
  pause: () => Promise<void>,
): Promise<readonly string[]> {
  const { headText, signature = null, entities } = content;
  const pieces: string[] = [];
  let length = 0;
  for (let from = 0; from === 0 || from < entities.length; from += SLICE) {
    if (from > 0) await pause();
    let piece = from === 0 ? `${formatHeadLines(headText, signature)}\n` : '';
    for (const line of entities.slice(from, from + SLICE)) piece += `${formatEntityLine(line)}\n`;
    hasher.update(piece);
    length += utf8Length(piece);
    pieces.push(piece);
  }
  const header = { length, sha256: '', place, savedAt };
  hasher.update(formatHeader(header));
  return [`${formatHeader({ ...header, sha256: hasher.digest() })}\n`, ...pieces];
}

/** Checks every byte of the file; the block's entities are for whoever applies it to check. */
export function parseStored(sha256: Sha256, text: string): StoredRuleset {
  const end = text.indexOf('\n');
  if (end < 0) return refuse('it is empty or its first line is not complete');
  const header = parseHeader(text.slice(0, end));
  if (typeof header === 'string') return refuse(header);
  const body = text.slice(end + 1);
  const length = utf8Length(body);
  if (length !== header.length) return refuse(`it has ${length} bytes of content, its header says ${header.length}`);
  if (sha256(body + formatHeader({ ...header, sha256: '' })) !== header.sha256)
    return refuse('its content does not have the hash in its header');
  const blocks = parseBlocks(body);
  const [block] = blocks ?? [];
  if (block === undefined || blocks?.length !== 1) return refuse('it does not hold a ruleset');
  const place = placeOf(block.head, hashHead(sha256, block.head));
  if (JSON.stringify(place) !== JSON.stringify(header.place)) return refuse('its header is of another ruleset');
  return { ok: true, blocks: [block], place, savedAt: header.savedAt };
}

/** A file to begin with: a stored ruleset, or blocks as the native door's snapshot has them. */
export function parseBootstrap(
  sha256: Sha256,
  text: string,
): { readonly ok: true; readonly blocks: readonly Block[] } | { readonly ok: false; readonly message: string } {
  if (text.startsWith('{"format":')) return parseStored(sha256, text);
  const blocks = parseBlocks(text);
  return blocks === null ? refuse('it does not hold a ruleset') : { ok: true, blocks };
}

function formatHeader({ length, sha256, place, savedAt }: Header): string {
  const { environment, epoch, revision, hash: head } = place;
  const cursor = formatCursor(place);
  return JSON.stringify({ format: FORMAT, length, sha256, environment, epoch, revision, cursor, head, savedAt });
}

/** Why not when the line is not the one text of a header. */
function parseHeader(line: string): Header | string {
  const wrong = 'its first line is not a header';
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return wrong;
  }
  if (typeof value !== 'object' || value === null || !('format' in value)) return wrong;
  if (value.format !== FORMAT) return `its format is ${String(value.format)}, this build reads ${FORMAT}`;
  // Whatever they are: only what is written back as the same line is believed.
  const { length, sha256, environment, epoch, revision, head, savedAt } = value as unknown as Place &
    Header & { readonly head: string };
  const header: Header = { length, sha256, place: { environment, epoch, revision, hash: head }, savedAt };
  return formatHeader(header) === line ? header : wrong;
}

function refuse(message: string): { readonly ok: false; readonly message: string } {
  return { ok: false, message };
}

/** A pass of the engine, six times as quick as the loop below: most rulesets are ASCII throughout. */
const BEYOND_ASCII = /[\u0080-\uffff]/;

/** Lone surrogates count as the replacement character that they are written as. */
function utf8Length(text: string): number {
  if (!BEYOND_ASCII.test(text)) return text.length;
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x80) continue;
    if (code < 0x800) length += 1;
    else if (isHigh(code) && isLow(text.charCodeAt(i + 1))) {
      length += 2;
      i++;
    } else length += 2;
  }
  return length;
}

function isHigh(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

function isLow(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}
