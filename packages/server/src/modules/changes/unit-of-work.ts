/** What one write does, gathered while it decides and written at once before it commits. */
import { LIMITS } from '@flaghoist/evaluator';
import { sha256 } from '@flaghoist/runtime/crypto';
import type { Confirmation, EntityKind } from '@flaghoist/protocol/ruleset';
import { row, rows, sql, type Tx } from '../../platform/database.ts';
import { archived, invalid } from '../../platform/refusal.ts';
import { appendEntry, chainOf } from '../audit/index.ts';
import type { Command } from './command.ts';
import type { ChangeRecord } from './history-reads.ts';

export interface StagedEntity {
  readonly kind: EntityKind;
  readonly key: string;
  readonly json: string | null;
  readonly sha256: string | null;
  /** Hash of the version this one replaces. */
  readonly before: string | null;
}

/** One entity of a write, as its revision has it; `json` is null when the revision deletes it. */
export interface WrittenEntity {
  readonly environmentId: string;
  readonly revision: number;
  /** RFC 3339. */
  readonly at: string;
  readonly kind: EntityKind;
  readonly key: string;
  readonly json: string | null;
}

interface Line {
  readonly epoch: number;
  /** The revision this write makes, if it changes anything in the environment. */
  readonly next: number;
  readonly staged: Map<string, StagedEntity>;
}

export class UnitOfWork {
  readonly tx: Tx;
  readonly changeId: string;
  /** RFC 3339; one moment for everything this write makes. */
  readonly at: string;
  readonly #command: Command;
  readonly #lines = new Map<string, Line>();
  readonly #notes: { readonly chain: string; readonly details: Readonly<Record<string, unknown>> }[] = [];
  #projectId: string | null = null;
  #flag: string | null = null;
  #reverts: string | null = null;

  constructor(tx: Tx, command: Command, changeId: string, at: string) {
    this.tx = tx;
    this.#command = command;
    this.changeId = changeId;
    this.at = at;
  }

  /** Files the change under a project. */
  inProject(projectId: string): void {
    this.#projectId = projectId;
  }

  /** Says that the change is about a flag itself, whether it also writes its configurations or not: it is found by that. */
  aboutFlag(key: string): void {
    this.#flag = key;
  }

  /** Says that the change puts back another one, or a part of it. */
  reverts(changeId: string): void {
    this.#reverts = changeId;
  }

  /** A new environment's line; its first revision is made by this write, with or without entities. */
  async beginLine(environmentId: string): Promise<void> {
    await sql`insert into revision_counters (environment_id) values (${environmentId}::uuid)`.execute(this.tx);
    this.#lines.set(environmentId, { epoch: 1, next: 1, staged: new Map() });
  }

  /**
   * Locks the lines of environments, in id order, until the transaction ends. Call it once, before reading what the
   * decision depends on. A closed line is refused, or left out; the answer lists those that were locked.
   */
  async lock(environmentIds: readonly string[], closed: 'refuse' | 'leave out' = 'refuse'): Promise<readonly string[]> {
    for (const id of [...new Set(environmentIds)].sort()) {
      const line = await row(
        this.tx,
        sql<{ epoch: number; revision: number; closed: boolean }>`
          select epoch, revision, closed from revision_counters where environment_id = ${id}::uuid for update`,
      );
      if (line === undefined) throw new Error(`environment ${id} has no line`);
      if (!line.closed) this.#lines.set(id, { epoch: line.epoch, next: line.revision + 1, staged: new Map() });
      else if (closed === 'refuse') throw archived('The environment');
    }
    return [...this.#lines.keys()];
  }

  /** Closes a locked line: after this write it takes no more revisions. */
  async closeLine(environmentId: string): Promise<void> {
    this.#line(environmentId);
    await sql`update revision_counters set closed = true where environment_id = ${environmentId}::uuid`.execute(
      this.tx,
    );
  }

  /** The revision that this write makes in an environment it has locked. */
  revisionOf(environmentId: string): number {
    return this.#line(environmentId).next;
  }

  /** Where an environment stands once this write is done. */
  async position(environmentId: string): Promise<{ readonly epoch: number; readonly revision: number }> {
    const moved = this.moved().find((line) => line.environmentId === environmentId);
    if (moved !== undefined) return { epoch: moved.epoch, revision: moved.revision };
    const line = await row(
      this.tx,
      sql<{
        epoch: number;
        revision: number;
      }>`select epoch, revision from revision_counters where environment_id = ${environmentId}::uuid`,
    );
    return line ?? { epoch: 1, revision: 0 };
  }

  /** The entity as it stands, deleted ones included; undefined when there never was one. */
  async current(environmentId: string, kind: EntityKind, key: string) {
    return row(
      this.tx,
      sql<{ json: string | null; sha256: string | null; revision: number }>`
        select json, sha256, revision from entity_versions
        where environment_id = ${environmentId}::uuid and kind = ${kind} and key = ${key} order by revision desc limit 1`,
    );
  }

  /** All living entities of a kind, by key. */
  async currentOf(environmentId: string, kind: EntityKind) {
    return rows(
      this.tx,
      sql<{ key: string; json: string; revision: number }>`
        select key, json, revision from (
          select distinct on (key) key, json, revision from entity_versions
          where environment_id = ${environmentId}::uuid and kind = ${kind} order by key, revision desc
        ) as newest where json is not null`,
    );
  }

  /** Stages an entity; null deletes it. What is the same already is not staged: answers the revision that last changed it. */
  async put(environmentId: string, kind: EntityKind, key: string, value: object | null): Promise<number> {
    const line = this.#line(environmentId);
    const json = value === null ? null : entityText(kind, key, value);
    const hash = json === null ? null : sha256(json);
    // A line that this write begins has no history to ask for.
    const before = line.next === 1 ? undefined : await this.current(environmentId, kind, key);
    if ((before?.sha256 ?? null) === hash) return before?.revision ?? line.next;
    line.staged.set(`${kind}\t${key}`, { kind, key, json, sha256: hash, before: before?.sha256 ?? null });
    return line.next;
  }

  /** A living entity as this write leaves it, with the revision that last changed it. */
  async staged(
    environmentId: string,
    kind: EntityKind,
    key: string,
  ): Promise<{ readonly json: string; readonly revision: number } | null> {
    const line = this.#line(environmentId);
    const staged = line.staged.get(`${kind}\t${key}`);
    const found =
      staged === undefined ? await this.current(environmentId, kind, key) : { json: staged.json, revision: line.next };
    return found?.json == null ? null : { json: found.json, revision: found.revision };
  }

  /** All living entities of a kind as this write leaves them. */
  async stagedOf(
    environmentId: string,
    kind: EntityKind,
  ): Promise<readonly { readonly key: string; readonly json: string }[]> {
    const staged = this.#line(environmentId).staged;
    const kept = (await this.currentOf(environmentId, kind)).filter(({ key }) => !staged.has(`${kind}\t${key}`));
    const changed = [...staged.values()].flatMap((one) =>
      one.kind === kind && one.json !== null ? [{ key: one.key, json: one.json }] : [],
    );
    return [...kept, ...changed];
  }

  /** What this write changes, in every environment. */
  changed(): readonly {
    readonly environmentId: string;
    readonly kind: string;
    readonly key: string;
    readonly deleted: boolean;
  }[] {
    return [...this.#lines].flatMap(([environmentId, line]) =>
      [...line.staged.values()].map(({ kind, key, json }) => ({ environmentId, kind, key, deleted: json === null })),
    );
  }

  /** The same with its contents. */
  written(): readonly WrittenEntity[] {
    return [...this.#lines].flatMap(([environmentId, { next: revision, staged }]) =>
      [...staged.values()].map(({ kind, key, json }) => ({ environmentId, revision, at: this.at, kind, key, json })),
    );
  }

  /** Tells history about something that is in no environment. */
  note(chain: string, details: Readonly<Record<string, unknown>>): void {
    this.#notes.push({ chain, details });
  }

  /** The environments that get a revision, with it. */
  moved(): readonly { readonly environmentId: string; readonly epoch: number; readonly revision: number }[] {
    return [...this.#lines]
      .filter(([, line]) => line.staged.size > 0 || line.next === 1)
      .map(([environmentId, line]) => ({ environmentId, epoch: line.epoch, revision: line.next }));
  }

  /** The change as it is written, to answer it. */
  record(): Omit<ChangeRecord, 'number'> {
    const { actor, action, reason } = this.#command;
    const entities = this.changed();
    return {
      id: this.changeId,
      projectId: this.#projectId,
      action,
      state: 'applied',
      author: actor.name,
      authorId: actor.id,
      reason,
      at: this.at,
      reverts: this.#reverts,
      revertedBy: null,
      revisions: this.moved(),
      entities,
      entityCount: entities.length,
    };
  }

  /** Writes the change, its revisions, entity versions and audit entries. False: nothing changed, nothing was written. */
  async write(): Promise<boolean> {
    const moved = this.moved();
    if (moved.length === 0 && this.#notes.length === 0) return false;
    const { actor, action, reason } = this.#command;
    await sql`insert into changes (id, project_id, flag, action, state, author, author_id, reason, at, reverts)
      values (${this.changeId}::uuid, ${this.#projectId}::uuid, ${this.#flag}, ${action}, 'applied', ${actor.name}, ${actor.id},
        ${reason}, ${this.at}, ${this.#reverts}::uuid)`.execute(this.tx);
    const reverted = this.#reverts === null ? {} : { reverts: this.#reverts };
    const common = { at: this.at, actor: actor.name, action, change: this.changeId, reason, ...reverted };
    for (const { environmentId, epoch, revision } of moved) {
      const staged = [...this.#line(environmentId).staged.values()];
      await this.#writeRevision(environmentId, epoch, revision, staged);
      const entities = staged.map(({ kind, key, sha256: hash, before }) => ({ kind, key, sha256: hash, before }));
      await appendEntry(this.tx, chainOf.environment(environmentId), {
        ...common,
        environment: environmentId,
        epoch,
        revision,
        entities,
      });
    }
    for (const { chain, details } of this.#notes) await appendEntry(this.tx, chain, { ...common, ...details });
    return true;
  }

  async #writeRevision(
    environmentId: string,
    epoch: number,
    revision: number,
    staged: readonly StagedEntity[],
  ): Promise<void> {
    await sql`update revision_counters set revision = ${revision} where environment_id = ${environmentId}::uuid`.execute(
      this.tx,
    );
    await sql`insert into revisions (environment_id, revision, epoch, change_id, at, confirmations)
      values (${environmentId}::uuid, ${revision}, ${epoch}, ${this.changeId}::uuid, ${this.at}, ${[...this.#confirmations()]}::text[])`.execute(
      this.tx,
    );
    if (staged.length === 0) return;
    await sql`insert into entity_versions (environment_id, kind, key, revision, json, sha256)
      select ${environmentId}::uuid, kind, key, ${revision}::bigint, json, sha256
      from unnest(${staged.map((e) => e.kind)}::text[], ${staged.map((e) => e.key)}::text[],
        ${staged.map((e) => e.json)}::text[], ${staged.map((e) => e.sha256)}::text[]) as staged (kind, key, json, sha256)`.execute(
      this.tx,
    );
  }

  #confirmations(): readonly Confirmation[] {
    return this.#command.confirmations ?? [];
  }

  #line(environmentId: string): Line {
    const line = this.#lines.get(environmentId);
    if (line === undefined) throw new Error(`environment ${environmentId} was not locked`);
    return line;
  }
}

/** The one text of an entity. Several edits, each small enough, can make one that nobody would take: that is refused. */
export function entityText(kind: EntityKind, key: string, value: object): string {
  const json = JSON.stringify(value);
  if (json.length > LIMITS.entityLength)
    throw invalid(
      '$',
      'too_long',
      `The ${kind} ${key} would have ${json.length} characters as JSON; ${LIMITS.entityLength} is the most. Shorten it.`,
    );
  return json;
}
