import { createHash } from 'node:crypto';
import {
  type Block,
  type EntityKind,
  type EntityLine,
  formatHead,
  type Head,
  isRule,
  RootIndex,
} from '@flaghoist/protocol/ruleset';

export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('base64url');
}

/** The same, for a text that comes piece by piece. */
export function createSha256(): { update(text: string): void; digest(): string } {
  const hash = createHash('sha256');
  return { update: (text) => void hash.update(text, 'utf8'), digest: () => hash.digest('base64url') };
}

export interface Edit {
  readonly kind: EntityKind;
  readonly key: string;
  /** Null deletes. */
  readonly json: string | null;
}

/** One environment as a publisher sees it: edits become genuine heads, patches and full blocks. */
export class PublishedEnvironment {
  /** Signs each head from now on, the newest in full blocks too; null: heads are not signed. */
  sign: ((headText: string) => string) | null = null;
  readonly #environment: string;
  readonly #epoch: number;
  readonly #rules = new RootIndex(sha256);
  readonly #access = new RootIndex(sha256);
  readonly #entities = new Map<string, EntityLine>();
  readonly #blocks: Block[] = [];

  constructor(environment = 'env_1', epoch = 1) {
    this.#environment = environment;
    this.#epoch = epoch;
  }

  get head(): Head {
    return this.#last().head;
  }

  get headText(): string {
    return this.#last().headText;
  }

  get headHash(): string {
    return sha256(this.headText);
  }

  /** Publishes the next revision and answers its patch. */
  publish(edits: readonly Edit[], head: Partial<Head> = {}): Block {
    const lines = edits.map(
      ({ kind, key, json }): EntityLine => ({ kind, key, json, sha256: json === null ? null : sha256(json) }),
    );
    for (const line of lines) {
      const name = `${line.kind}\t${line.key}`;
      if (line.json === null) this.#entities.delete(name);
      else this.#entities.set(name, line);
      (isRule(line.kind) ? this.#rules : this.#access).apply([line]);
    }
    const next: Head = {
      environment: this.#environment,
      epoch: this.#epoch,
      revision: this.#blocks.length + 1,
      previous: this.#blocks.length === 0 ? '' : this.headHash,
      rules: this.#rules.root(),
      access: this.#access.root(),
      engine: 1,
      confirmations: [],
      ...head,
    };
    const headText = formatHead(next);
    const block = { head: next, headText, ...this.#signature(headText), entities: lines };
    this.#blocks.push(block);
    return block;
  }

  /** Every entity at the newest revision; without keys, as the native door serves them, unless asked for. */
  full(withKeys = false): Block {
    const { head, headText } = this.#last();
    const entities = [...this.#entities.values()].filter((line) => withKeys || isRule(line.kind));
    return { head, headText, ...this.#signature(headText), entities };
  }

  /** The patch that makes a revision; the first one is a full block as well. */
  patch(revision: number): Block {
    const block = this.#blocks[revision - 1];
    if (block === undefined) throw new RangeError(`Revision ${revision} was not published.`);
    return { ...block, entities: block.entities.filter((line) => isRule(line.kind)) };
  }

  #signature(headText: string): { readonly signature?: string } {
    return this.sign === null ? {} : { signature: this.sign(headText) };
  }

  #last(): Block {
    const block = this.#blocks.at(-1);
    if (block === undefined) throw new Error('Nothing was published yet.');
    return block;
  }
}

/** A boolean flag that serves `variant` to everybody, or `on` to a segment and `variant` to the others. */
export function flag(key: string, variant: 'on' | 'off', segment?: string): Edit {
  const rules =
    segment === undefined ? {} : { rules: [{ id: 'audience', conditions: [{ segment }], serve: { variant: 'on' } }] };
  const configuration = {
    key,
    type: 'boolean',
    enabled: true,
    variants: { on: true, off: false },
    ...rules,
    default: { variant },
  };
  return { kind: 'flag', key, json: JSON.stringify(configuration) };
}

export function segment(key: string, included: readonly string[], inSegment?: string): Edit {
  const conditions = inSegment === undefined ? {} : { conditions: [{ segment: inSegment }] };
  return { kind: 'segment', key, json: JSON.stringify({ key, included, ...conditions }) };
}

export function gone(kind: EntityKind, key: string): Edit {
  return { kind, key, json: null };
}
