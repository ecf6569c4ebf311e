/** An environment's history as a publisher makes it: genuine heads, roots and hashes. */
import { randomBytes } from 'node:crypto';
import type { FlagConfiguration, Segment } from '@flaghoist/evaluator';
import { type AccessKey, type KeyKind, mintSecret } from '@flaghoist/protocol/keys';
import {
  candidateMessageId,
  candidateStream,
  type EntityKind,
  type EntityLine,
  formatBlock,
  formatHead,
  type Head,
  isRule,
  noCandidateMessageId,
  RootIndex,
} from '@flaghoist/protocol/ruleset';
import { sha256 } from '@flaghoist/runtime/crypto';
import type { MemoryLog } from './memory-bus.ts';

export class History {
  readonly id: string;
  readonly entities = new Map<string, EntityLine>();
  epoch = 1;
  revision = 0;
  headText = '';
  /** Signs heads as they are written; null: they are not signed. */
  sign: ((headText: string) => string) | null = null;
  readonly #rules = new RootIndex(sha256);
  readonly #access = new RootIndex(sha256);

  constructor(id: string) {
    this.id = id;
  }

  /** The patch that makes the next revision. */
  change(...lines: readonly EntityLine[]): string {
    for (const line of lines) {
      const name = `${line.kind}\t${line.key}`;
      if (line.json === null) this.entities.delete(name);
      else this.entities.set(name, line);
    }
    this.#rules.apply(lines.filter((line) => isRule(line.kind)));
    this.#access.apply(lines.filter((line) => !isRule(line.kind)));
    this.revision++;
    this.headText = formatHead({
      environment: this.id,
      epoch: this.epoch,
      revision: this.revision,
      previous: this.headText === '' ? '' : sha256(this.headText),
      rules: this.#rules.root(),
      access: this.#access.root(),
      engine: 1,
      confirmations: [],
    });
    return formatBlock(this.headText, lines, this.sign?.(this.headText) ?? null);
  }

  /** A candidate on the revision reached, which stays what it is. */
  candidate(number: number, ...lines: readonly EntityLine[]): string {
    const undo = this.#rules.apply(lines.filter((line) => isRule(line.kind)));
    const { environment, epoch, revision, access, engine } = this.head;
    const previous = sha256(this.headText);
    const rules = this.#rules.root();
    undo();
    const head = {
      environment,
      epoch,
      revision,
      previous,
      rules,
      access,
      engine,
      confirmations: [],
      candidate: number,
    };
    const text = formatHead(head);
    return formatBlock(text, lines, this.sign?.(text) ?? null);
  }

  /** Puts a candidate where canary edges find it. */
  tryOut(log: MemoryLog, number: number, ...lines: readonly EntityLine[]): void {
    const { epoch, revision } = this;
    const id = candidateMessageId(this.id, { epoch, revision, candidate: number });
    append(log, candidateStream(this.id), id, this.candidate(number, ...lines), true);
  }

  withdraw(log: MemoryLog, number: number): void {
    append(log, candidateStream(this.id), noCandidateMessageId(this.id, number), '', true);
  }

  /** A full block of the revision reached. */
  checkpoint(): string {
    return formatBlock(this.headText, this.entities.values(), this.sign?.(this.headText) ?? null);
  }

  get head(): Head {
    return JSON.parse(this.headText) as Head;
  }

  get etag(): string {
    return `"${sha256(this.headText)}"`;
  }

  get cursor(): string {
    return `${this.epoch}.${this.revision}`;
  }

  publishPatch(log: MemoryLog, text: string): void {
    append(log, this.id, `${this.id}.${this.cursor}`, text, false);
  }

  publishCheckpoint(log: MemoryLog): void {
    append(log, this.id, `${this.id}.${this.cursor}.checkpoint`, this.checkpoint(), true);
  }

  /** Changes and publishes the patch. */
  publish(log: MemoryLog, ...lines: readonly EntityLine[]): void {
    this.publishPatch(log, this.change(...lines));
  }
}

export function append(log: MemoryLog, stream: string, id: string, text: string, checkpoint: boolean): void {
  void log.append({ stream, id, checkpoint, body: Buffer.from(text) });
}

export function entity(kind: EntityKind, key: string, value: unknown): EntityLine {
  if (value === null) return { kind, key, sha256: null, json: null };
  const json = JSON.stringify(value);
  return { kind, key, sha256: sha256(json), json };
}

/** A boolean flag that is on for everybody, unless told otherwise. */
export function flag(key: string, more: Partial<FlagConfiguration> = {}): EntityLine {
  const configuration: FlagConfiguration = {
    key,
    type: 'boolean',
    enabled: true,
    variants: { on: true, off: false },
    offVariant: 'off',
    default: { variant: 'on' },
    ...more,
  };
  return entity('flag', key, configuration);
}

export function segment(key: string, more: Partial<Segment> = {}): EntityLine {
  return entity('segment', key, { key, ...more });
}

export interface TestKey {
  readonly id: string;
  readonly text: string;
  readonly access: AccessKey;
  /** The entity, with other members where given. */
  line(more?: Partial<AccessKey>): EntityLine;
}

export function mintKey(kind: KeyKind, members: Partial<AccessKey> = {}): TestKey {
  const minted = mintSecret(kind, randomBytes(40), sha256);
  const access: AccessKey = { id: minted.id, kind, sha256: minted.sha256, ...members };
  return {
    id: minted.id,
    text: minted.text,
    access,
    line: (more = {}) => entity('key', minted.id, { ...access, ...more }),
  };
}
