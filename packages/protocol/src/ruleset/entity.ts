/**
 * Entities on the wire.
 *
 * An entity line is `kind TAB key TAB sha256 TAB json`, a deletion `kind TAB key TAB - TAB` (nothing after the last tab).
 * The JSON is the entity's exact text as it was committed; whoever receives it hashes it before parsing it.
 */
import type { EntityChange } from '@flaghoist/evaluator';

/** `key` entities are the access document: they travel to edges only. */
export type EntityKind = 'flag' | 'segment' | 'chunk' | 'key';

/** SHA-256 of a text's UTF-8 bytes as base64url without padding (43 characters). Handed in by the runtime. */
export type Sha256 = (text: string) => string;

/** What a change does to one entity. `json` and `sha256` are null when it is deleted. */
export interface EntityLine {
  readonly kind: EntityKind;
  readonly key: string;
  readonly sha256: string | null;
  readonly json: string | null;
}

const DELETED = '-';
const KINDS: ReadonlySet<string> = new Set<EntityKind>(['flag', 'segment', 'chunk', 'key']);

/** Whether a line can be of this kind. */
export function isKind(kind: string): kind is EntityKind {
  return KINDS.has(kind);
}

export function formatEntityLine(line: EntityLine): string {
  return `${line.kind}\t${line.key}\t${line.sha256 ?? DELETED}\t${line.json ?? ''}`;
}

/** Null when the text is not an entity line. Does not check the hash. */
export function parseEntityLine(text: string): EntityLine | null {
  const first = text.indexOf('\t');
  const second = text.indexOf('\t', first + 1);
  const third = text.indexOf('\t', second + 1);
  if (first < 1 || second < 0 || third < 0) return null;
  const kind = text.slice(0, first);
  if (!isKind(kind)) return null;
  const key = text.slice(first + 1, second);
  const sha256 = text.slice(second + 1, third);
  const json = text.slice(third + 1);
  if (key === '' || (sha256 === DELETED) !== (json === '')) return null;
  return sha256 === DELETED ? { kind, key, sha256: null, json: null } : { kind, key, sha256, json };
}

/** What an evaluator takes of entities: all but keys, which are carried, not evaluated. */
export function* rulesOf(entities: Iterable<Pick<EntityLine, 'kind' | 'key' | 'json'>>): Generator<EntityChange> {
  for (const { kind, key, json } of entities) if (kind !== 'key') yield { kind, key, json };
}

/** Rules (flags, segments, chunks) are covered by a head's rules root, keys by its access root. */
export function isRule(kind: EntityKind): boolean {
  return kind !== 'key';
}
