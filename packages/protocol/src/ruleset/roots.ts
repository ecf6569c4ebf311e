/**
 * Roots: one hash over all entities of an environment that costs a change only what the change costs.
 *
 * An entity belongs to one of 256 groups: the first byte of sha256(`kind TAB key`). A group's hash is the sha256 over
 * its lines `kind TAB key TAB sha256 LF`, sorted by kind and key in code unit order; an empty group's hash is the empty
 * text. The root is the sha256 over the 256 group hashes, each followed by LF.
 *
 * With 10,000 entities a group holds about 40 lines, so one change hashes some 4 kB plus the 11 kB of group hashes;
 * one flat list of the same entities hashes 1 MB.
 */
import type { Sha256 } from './entity.ts';

const GROUPS = 256;
const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

export interface RootChange {
  readonly kind: string;
  readonly key: string;
  /** Null: the entity is gone. */
  readonly sha256: string | null;
}

export class RootIndex {
  readonly #sha256: Sha256;
  /** A group without entities is left out: most are, in a small ruleset. */
  readonly #groups = new Map<number, Map<string, string>>();
  readonly #hashes: string[] = Array.from({ length: GROUPS }, () => '');
  readonly #dirty = new Set<number>();
  #root: string | null = null;

  constructor(sha256: Sha256) {
    this.#sha256 = sha256;
  }

  /** Applies changes and returns the way back: call it to undo exactly these changes, before any others are applied. */
  apply(changes: Iterable<RootChange>): () => void {
    const undo: { readonly group: number; readonly name: string; readonly before: string | undefined }[] = [];
    for (const { kind, key, sha256 } of changes) {
      const name = `${kind}\t${key}`;
      const group = this.#groupOf(name);
      undo.push({ group, name, before: this.#groups.get(group)?.get(name) });
      this.#set(group, name, sha256 ?? undefined);
    }
    return () => {
      for (const { group, name, before } of undo.reverse()) this.#set(group, name, before);
    };
  }

  root(): string {
    if (this.#root !== null && this.#dirty.size === 0) return this.#root;
    for (const group of this.#dirty) this.#hashes[group] = this.#hashGroup(group);
    this.#dirty.clear();
    this.#root = this.#sha256(`${this.#hashes.join('\n')}\n`);
    return this.#root;
  }

  #set(group: number, name: string, sha256: string | undefined): void {
    let entries = this.#groups.get(group);
    if (entries?.get(name) === sha256) return;
    if (entries === undefined) {
      entries = new Map();
      this.#groups.set(group, entries);
    }
    if (sha256 === undefined) entries.delete(name);
    else entries.set(name, sha256);
    this.#dirty.add(group);
  }

  #hashGroup(group: number): string {
    const entries = this.#groups.get(group);
    if (entries === undefined || entries.size === 0) return '';
    const lines = [...entries].map(([name, sha256]) => `${name}\t${sha256}\n`);
    return this.#sha256(lines.sort().join(''));
  }

  #groupOf(name: string): number {
    const hash = this.#sha256(name);
    const high = BASE64URL.indexOf(hash.charAt(0));
    const low = BASE64URL.indexOf(hash.charAt(1));
    return (high << 2) | (low >> 4);
  }
}
