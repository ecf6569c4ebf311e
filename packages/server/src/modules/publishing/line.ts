/** One environment as it was last published: what the next head is computed from. */
import { prepare } from '@flaghoist/evaluator';
import {
  ENGINE,
  type EntityLine,
  formatBlock,
  formatHead,
  type Head,
  isRule,
  RootIndex,
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
  #at: Publication;

  /** `entities`: all living ones at that publication. */
  constructor(environmentId: string, at: Publication, entities: Iterable<EntityVersion>) {
    this.environmentId = environmentId;
    this.#at = at;
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
    const problem = unprepared(versions);
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

  #apply(entities: Iterable<EntityVersion>): void {
    for (const entity of entities) (isRule(entity.kind) ? this.#rules : this.#access).apply([entity]);
  }
}

export function toLine({ kind, key, json, sha256: hash }: EntityVersion): EntityLine {
  return { kind, key, json, sha256: hash };
}

/** The gate: what the shipped evaluator does not prepare is not published. */
function unprepared(versions: readonly EntityVersion[]): string | null {
  const changes = versions.flatMap(({ kind, key, json }) =>
    kind === 'flag' || kind === 'segment' ? [{ kind, key, json }] : [],
  );
  const prepared = prepare(changes);
  return prepared.ok ? null : prepared.problems.map((one) => `${one.path}: ${one.message}`).join(' ');
}
