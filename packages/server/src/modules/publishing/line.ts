/** One environment as it was last published: what the next head is computed from. */
import { emptyRuleset, patch, type RegexEngine, type Ruleset } from '@flaghoist/evaluator';
import {
  ENGINE,
  type EntityLine,
  formatBlock,
  formatHead,
  type Head,
  isRule,
  RootIndex,
  rulesOf,
} from '@flaghoist/protocol/ruleset';
import { sha256 } from '@flaghoist/runtime/crypto';
import type { EntityVersion, RevisionRecord } from '../changes/index.ts';

export interface Publication {
  readonly epoch: number;
  readonly revision: number;
  readonly hash: string;
}

export interface NextBlock {
  readonly publication: Publication;
  readonly head: string;
  readonly text: string;
}

export class Line {
  readonly environmentId: string;
  readonly #rules = new RootIndex(sha256);
  readonly #access = new RootIndex(sha256);
  /** The chunks alone: a segment that changes may name some that do not. */
  #chunks: Ruleset;
  #at: Publication;

  /** `entities`: all living ones at that publication. */
  constructor(environmentId: string, at: Publication, entities: readonly EntityVersion[], regex: RegexEngine) {
    this.environmentId = environmentId;
    this.#at = at;
    this.#chunks = emptyRuleset({ regex });
    this.#apply(entities);
  }

  get at(): Publication {
    return this.#at;
  }

  /** The block that publishes a revision, which must be the next one. A refusal says which entity does not prepare. */
  next(
    revision: RevisionRecord,
    versions: readonly EntityVersion[],
  ): { readonly ok: true; readonly block: NextBlock } | { readonly ok: false; readonly problem: string } {
    if (revision.revision !== this.#at.revision + 1)
      throw new Error(`revision ${revision.revision} does not follow ${this.#at.revision}`);
    const problem = this.#unprepared(versions);
    if (problem !== null) return { ok: false, problem };
    this.#apply(versions);
    const head: Head = {
      environment: this.environmentId,
      epoch: revision.epoch,
      revision: revision.revision,
      previous: this.#at.hash,
      rules: this.#rules.root(),
      access: this.#access.root(),
      engine: ENGINE,
      confirmations: [],
    };
    const headText = formatHead(head);
    this.#at = { epoch: head.epoch, revision: head.revision, hash: sha256(headText) };
    return {
      ok: true,
      block: { publication: this.#at, head: headText, text: formatBlock(headText, versions.map(toLine)) },
    };
  }

  /** The gate: what the shipped evaluator does not prepare is not published. */
  #unprepared(versions: readonly EntityVersion[]): string | null {
    const misnamed = versions.find((one) => one.kind === 'chunk' && one.json !== null && one.key !== one.sha256);
    if (misnamed !== undefined) return `chunk/${misnamed.key}: is not named after its hash.`;
    const prepared = patch(this.#chunks, rulesOf(versions));
    return prepared.ok ? null : prepared.problems.map((one) => `${one.path}: ${one.message}`).join(' ');
  }

  #apply(entities: readonly EntityVersion[]): void {
    for (const entity of entities) (isRule(entity.kind) ? this.#rules : this.#access).apply([entity]);
    const chunks = patch(this.#chunks, rulesOf(entities.filter(({ kind }) => kind === 'chunk')));
    if (!chunks.ok)
      throw new Error(`a chunk that was published does not prepare: ${chunks.problems[0]?.message ?? ''}`);
    this.#chunks = chunks.value;
  }
}

export function toLine({ kind, key, json, sha256: hash }: EntityVersion): EntityLine {
  return { kind, key, json, sha256: hash };
}
