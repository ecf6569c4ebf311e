/** A copy of one environment's ruleset that only ever holds verified content. */
import type { Ruleset } from '@flaghoist/evaluator';
import type { Block, Cursor, EntityKind, EntityLine, Head } from '@flaghoist/protocol/ruleset';
import {
  type Applied,
  type ApplyResult,
  buildCopy,
  checkSigned,
  createRuleset,
  differences,
  nameOf,
  patchCopy,
  type Refusal,
  type RulesetCopy,
  refuse,
  sortedEntities,
  type Verification,
} from './ruleset-copy.ts';

/** `rest`: why the patches after what was applied were refused. */
export type SnapshotResult = (Applied & { readonly rest?: Refusal }) | Refusal;

const NO_PREREQUISITES: ReadonlyMap<string, readonly string[]> = new Map();

/**
 * What is applied has been checked in this order: the signatures of all heads where they are asked for, head, each text
 * against its hash before anything parses it, roots, the evaluator. What fails is refused with a reason, and everything
 * stays as it was. The first full block decides which environment this copy is of, unless it was told before.
 *
 * Cost: a full block hashes every entity; a patch hashes its own entities, their groups and the list of groups.
 */
export class VerifiedRuleset {
  readonly #verification: Verification;
  readonly #empty: Ruleset;
  /** Checked by whoever asks before it applies them, and not once more: that takes some 0.1 ms each. */
  readonly #signed = new WeakSet<Block>();
  #copy: RulesetCopy | null = null;

  /** `access`: `verified` checks the access root and holds keys, `opaque` refuses keys and cannot check that root. */
  constructor(verification: Verification) {
    this.#verification = verification;
    this.#empty = createRuleset(verification);
  }

  /** Null until a full block was applied. */
  get head(): Head | null {
    return this.#copy?.head ?? null;
  }

  /** Empty until a full block was applied. */
  get headText(): string {
    return this.#copy?.headText ?? '';
  }

  /** The sha256 of `headText`: identifies the ruleset. Empty until a full block was applied. */
  get headHash(): string {
    return this.#copy?.headHash ?? '';
  }

  /** Of the head; null: it has none. */
  get signature(): string | null {
    return this.#copy?.signature ?? null;
  }

  get cursor(): Cursor | null {
    const head = this.head;
    if (head === null) return null;
    const { epoch, revision, candidate } = head;
    return { epoch, revision, ...(candidate === undefined ? {} : { candidate }) };
  }

  /** What `evaluate` takes; each is unchangeable, so whoever holds one goes on evaluating one revision. */
  get ruleset(): Ruleset {
    return this.#copy?.ruleset ?? this.#empty;
  }

  /** Keys of the prerequisites of each flag that has some. Changes with this copy. */
  get prerequisites(): ReadonlyMap<string, readonly string[]> {
    return this.#copy?.prerequisites ?? NO_PREREQUISITES;
  }

  /** Entities held, of all kinds. */
  get size(): number {
    return this.#copy?.entities.size ?? 0;
  }

  /** All entities by kind and key, as they are now: blocks applied later do not show in what was returned. */
  entities(): Iterable<EntityLine> {
    return this.#copy === null ? [] : sortedEntities(this.#copy);
  }

  entity(kind: EntityKind, key: string): EntityLine | undefined {
    return this.#copy?.entities.get(nameOf({ kind, key }));
  }

  /** Why these blocks are not to be looked at any further; null: each is signed as this copy was told to ask. */
  checkSigned(blocks: readonly Block[]): Refusal | null {
    for (const block of blocks) {
      if (this.#signed.has(block)) continue;
      const refusal = checkSigned(this.#verification, block);
      if (refusal !== null) return refusal;
      this.#signed.add(block);
    }
    return null;
  }

  /** Takes over another signature of the head that is held already; whether there was something to take over. */
  resign(block: Block): boolean {
    const copy = this.#copy;
    const signature = block.signature ?? null;
    if (copy === null || signature === null || copy.headText !== block.headText || copy.signature === signature)
      return false;
    if (this.checkSigned([block]) !== null) return false;
    copy.signature = signature;
    return true;
  }

  /** Replaces everything by a block that holds every entity of its revision, newer or older than this copy's. */
  applyFull(block: Block): ApplyResult {
    return this.applyBlocks([block]);
  }

  /** Applies the block of the next revision. */
  applyPatch(block: Block): ApplyResult {
    if (this.#copy === null) return refuse('gap', 'There is nothing to patch yet; a full ruleset is needed.');
    return this.checkSigned([block]) ?? patchCopy(this.#verification, this.#copy, block);
  }

  /**
   * A snapshot: one full block and the patches since, in order. All of them, or none; unless `mayStop` says of the head
   * before a patch that is refused that it may stay: then what comes before that patch is applied, and `rest` says why it
   * was refused.
   */
  applyBlocks(blocks: readonly Block[], mayStop: (at: Head) => boolean = () => false): SnapshotResult {
    const [full, ...patches] = blocks;
    if (full === undefined) return refuse('gap', 'A snapshot begins with a full ruleset; there was no block at all.');
    const unsigned = this.checkSigned(blocks);
    if (unsigned !== null) return unsigned;
    const before = this.#copy;
    const mine = before?.head.environment ?? this.#verification.environment ?? full.head.environment;
    if (full.head.environment !== mine)
      return refuse('environment', `The ruleset is of environment ${full.head.environment}, this copy of ${mine}.`);
    const built = buildCopy(this.#verification, full, before);
    if (!built.ok) return built;
    const rest = this.#patchAll(built.value, patches);
    if (rest !== null && !mayStop(built.value.head)) return rest;
    this.#copy = built.value;
    const changed = differences(before?.entities ?? new Map(), built.value.entities);
    return { ok: true, changed, ...(rest === null ? {} : { rest }) };
  }

  #patchAll(copy: RulesetCopy, patches: readonly Block[]): Refusal | null {
    for (const block of patches) {
      const result = patchCopy(this.#verification, copy, block);
      if (!result.ok) return result;
    }
    return null;
  }
}
