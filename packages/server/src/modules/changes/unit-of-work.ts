/** What one write does, gathered while it decides and written at once before it commits. */
import { sha256 } from '@flaghoist/runtime/crypto';
import type { Confirmation, EntityKind } from '@flaghoist/protocol/ruleset';
import { rows, sql, type Tx } from '../../platform/database.ts';
import { archived } from '../../platform/refusal.ts';
import { appendEntry, chainOf } from '../audit/index.ts';
import {
  begunOn,
  decideCandidate,
  type Decision,
  readCandidateEntities,
  readTried,
  rebase,
  refuseSecond,
  type TriedCandidate,
  writeCandidate,
} from './candidates.ts';
import type { Command } from './command.ts';
import type { ChangeRecord } from './history-reads.ts';
import {
  type CurrentEntity,
  entitiesOn,
  entityText,
  type Lane,
  type Line,
  type LivingEntity,
  lineOn,
  lockLine,
  NEW_LINE,
  readCurrent,
  readPosition,
  told,
  type WrittenEntity,
} from './lines.ts';
import { writeRevision } from './write-revision.ts';

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
  /** Environments whose candidate is another one than before, or none any more. */
  readonly #retried = new Set<string>();

  constructor(tx: Tx, command: Command, changeId: string, at: string) {
    this.tx = tx;
    this.#command = command;
    this.changeId = changeId;
    this.at = at;
  }

  /** The change that this write has written, or whose candidate it has promoted. */
  get writtenChangeId(): string {
    const promoted = [...this.#lines.values()].flatMap(({ promotes }) => promotes?.changeId ?? []);
    return promoted[0] ?? this.changeId;
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
    this.#lines.set(environmentId, lineOn(NEW_LINE));
  }

  /**
   * Locks the lines of environments, in id order, until the transaction ends. Call it once, before reading what the
   * decision depends on. A closed line is refused, or left out; the answer lists those that were locked.
   */
  async lock(environmentIds: readonly string[], closed: 'refuse' | 'leave out' = 'refuse'): Promise<readonly string[]> {
    for (const id of [...new Set(environmentIds)].sort()) {
      const line = await lockLine(this.tx, id);
      if (line === undefined) throw new Error(`environment ${id} has no line`);
      if (!line.closed) this.#lines.set(id, lineOn(line));
      else if (closed === 'refuse') throw archived('The environment');
    }
    return [...this.#lines.keys()];
  }

  /** Closes a locked line: after this write it takes no more revisions, and nothing is tried there. */
  async closeLine(environmentId: string): Promise<void> {
    if (this.#line(environmentId).tried !== null) await this.withdraw(environmentId, 'The environment was archived.');
    await sql`update revision_counters set closed = true where environment_id = ${environmentId}::uuid`.execute(
      this.tx,
    );
  }

  /** How long candidates are tried in a locked environment; null: it publishes at once. Refused while one is tried. */
  async hold(environmentId: string, seconds: number | null): Promise<void> {
    await refuseSecond(this.tx, this.#line(environmentId).tried);
    await sql`update revision_counters set hold_seconds = ${seconds}::int where environment_id = ${environmentId}::uuid`.execute(
      this.tx,
    );
  }

  /** Whether a locked environment publishes in stages. */
  isStaged = (environmentId: string): boolean => this.#line(environmentId).holdSeconds !== null;

  /** Whether what this write changes in an environment that it has locked becomes a candidate, instead of a revision. */
  isCandidate(environmentId: string): boolean {
    const { holdSeconds, staged, promotes } = this.#line(environmentId);
    return holdSeconds !== null && promotes === null && [...staged.values()].some(({ lane }) => lane === 'tried first');
  }

  /**
   * The candidate that is tried in a locked environment takes the next revision, under the change that made it; null: none is
   * tried, or it is another one than that, or its base is not the newest revision.
   */
  async promote(environmentId: string, changeId: string): Promise<TriedCandidate | null> {
    const line = this.#line(environmentId);
    const candidate = line.tried === changeId ? await readTried(this.tx, environmentId) : undefined;
    if (candidate === undefined || candidate.epoch !== line.epoch || candidate.base !== line.next - 1) return null;
    for (const entity of await readCandidateEntities(this.tx, environmentId, changeId))
      line.staged.set(`${entity.kind}\t${entity.key}`, { ...entity, lane: 'at once' });
    line.promotes = candidate;
    return candidate;
  }

  /** What is tried in a locked environment; null: nothing is, or the environment is closed. */
  async candidate(environmentId: string): Promise<TriedCandidate | null> {
    if (this.#lines.get(environmentId)?.tried == null) return null;
    return (await readTried(this.tx, environmentId)) ?? null;
  }

  /** Ends the trial in a locked environment, without a trace in what it serves. False: nothing is tried there. */
  async withdraw(environmentId: string, why: string): Promise<boolean> {
    const line = this.#line(environmentId);
    if (line.tried === null) return false;
    const changeId = line.tried;
    const { actor } = this.#command;
    await this.#decide(environmentId, changeId, { state: 'withdrawn', at: this.at, by: actor.name, why });
    await appendEntry(this.tx, chainOf.environment(environmentId), {
      at: this.at,
      actor: actor.name,
      action: 'candidate.withdraw',
      change: changeId,
      reason: why,
      environment: environmentId,
    });
    return true;
  }

  /** What is meant although a guard would refuse it: by this write, or by whoever made what it promotes. */
  confirmations(): readonly Confirmation[] {
    const promoted = [...this.#lines.values()].flatMap(({ promotes }) => promotes?.confirmations ?? []);
    return [...(this.#command.confirmations ?? []), ...promoted];
  }

  /** Environments whose candidate this write has made, made anew, or decided. */
  get retried(): readonly string[] {
    return [...this.#retried];
  }

  /** The revision that this write makes in an environment it has locked. */
  revisionOf(environmentId: string): number {
    return this.#line(environmentId).next;
  }

  /** Where an environment stands once this write is done. */
  async position(environmentId: string) {
    const line = await readPosition(this.tx, environmentId);
    const moved = this.moved().find((one) => one.environmentId === environmentId);
    const { epoch, revision } = moved ?? line;
    return { epoch, revision, holdSeconds: line.holdSeconds };
  }

  /** The entity as it stands, deleted ones included; undefined when there never was one. */
  current(environmentId: string, kind: EntityKind, key: string): Promise<CurrentEntity | undefined> {
    // On a locked line it stays what it is until this write changes it, which is the last that it does.
    const found = this.#lines.get(environmentId)?.found;
    const known = found?.get(`${kind}\t${key}`) ?? readCurrent(this.tx, environmentId, kind, key);
    found?.set(`${kind}\t${key}`, known);
    return known;
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
  async put(
    environmentId: string,
    kind: EntityKind,
    key: string,
    value: object | null,
    lane: Lane = 'at once',
  ): Promise<number> {
    const line = this.#line(environmentId);
    const json = value === null ? null : entityText(kind, key, value);
    const hash = json === null ? null : sha256(json);
    // A line that this write begins has no history to ask for.
    const before = line.next === 1 ? undefined : await this.current(environmentId, kind, key);
    if ((before?.sha256 ?? null) === hash) return before?.revision ?? line.next;
    line.staged.set(`${kind}\t${key}`, { kind, key, json, sha256: hash, before: before?.sha256 ?? null, lane });
    return line.next;
  }

  /** A living entity as this write leaves it, with the revision that last changed it. */
  async staged(environmentId: string, kind: EntityKind, key: string): Promise<LivingEntity | null> {
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

  /** What this write changes in revisions, with its contents. */
  written(): readonly WrittenEntity[] {
    return entitiesOn(this.#lines, this.at, (id) => !this.isCandidate(id));
  }

  /** What it would change as a candidate; `revision`: the one it could get. */
  proposed(): readonly WrittenEntity[] {
    return entitiesOn(this.#lines, this.at, (id) => this.isCandidate(id));
  }

  /** Tells history about something that is in no environment. */
  note(chain: string, details: Readonly<Record<string, unknown>>): void {
    this.#notes.push({ chain, details });
  }

  /** The environments that get a revision, with it. */
  moved(): readonly { readonly environmentId: string; readonly epoch: number; readonly revision: number }[] {
    return [...this.#lines]
      .filter(([environmentId, line]) => (line.staged.size > 0 || line.next === 1) && !this.isCandidate(environmentId))
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
      state: this.#proposing().length > 0 ? 'candidate' : 'applied',
      author: actor.name,
      authorId: actor.id,
      reason,
      at: this.at,
      reverts: this.#reverts,
      revertedBy: null,
      revisions: this.moved(),
      candidates: this.#proposing().map((id) => begunOn(id, this.#line(id).next - 1, this.at)),
      entities,
      entityCount: entities.length,
    };
  }

  /** Writes the change, its revisions or candidates, entity versions and audit entries. False: nothing of that was to be written. */
  async write(): Promise<boolean> {
    const moved = this.moved();
    const proposing = this.#proposing();
    const own = moved.filter(({ environmentId }) => this.#line(environmentId).promotes === null);
    if (own.length + proposing.length + this.#notes.length > 0) await this.#writeChange(proposing.length > 0);
    else if (moved.length === 0) return false;
    for (const { environmentId, epoch, revision } of moved) await this.#move(environmentId, epoch, revision);
    for (const environmentId of proposing) await this.#propose(environmentId);
    for (const { chain, details } of this.#notes) await appendEntry(this.tx, chain, { ...this.#common(), ...details });
    return true;
  }

  async #writeChange(isCandidate: boolean): Promise<void> {
    const { actor, action, reason } = this.#command;
    await sql`insert into changes (id, project_id, flag, action, state, author, author_id, reason, at, reverts)
      values (${this.changeId}::uuid, ${this.#projectId}::uuid, ${this.#flag}, ${action}, ${isCandidate ? 'candidate' : 'applied'},
        ${actor.name}, ${actor.id}, ${reason}, ${this.at}, ${this.#reverts}::uuid)`.execute(this.tx);
  }

  #common() {
    const { actor, action, reason } = this.#command;
    const reverted = this.#reverts === null ? {} : { reverts: this.#reverts };
    return { at: this.at, actor: actor.name, action, change: this.changeId, reason, ...reverted };
  }

  async #move(environmentId: string, epoch: number, revision: number): Promise<void> {
    const line = this.#line(environmentId);
    const { promotes } = line;
    const staged = [...line.staged.values()];
    const change = promotes?.changeId ?? this.changeId;
    const confirmations = promotes?.confirmations ?? this.#command.confirmations ?? [];
    const made = { environmentId, epoch, revision, changeId: change, at: this.at, confirmations };
    await writeRevision(this.tx, made, staged);
    await appendEntry(this.tx, chainOf.environment(environmentId), {
      ...this.#common(),
      change,
      environment: environmentId,
      epoch,
      revision,
      entities: told(staged),
    });
    if (promotes !== null) {
      const { actor, reason } = this.#command;
      const why = reason ?? 'Promoted.';
      await this.#decide(environmentId, change, { state: 'promoted', at: this.at, by: actor.name, why });
    } else if (line.tried !== null) await this.#carryOn(environmentId, line);
  }

  /** A revision was taken while a candidate is tried: that goes on on top of it, unless both wrote the same. */
  async #carryOn(environmentId: string, line: Line): Promise<void> {
    const changeId = line.tried ?? '';
    const entities = await readCandidateEntities(this.tx, environmentId, changeId);
    const overtaken = entities.find(({ kind, key }) => line.staged.has(`${kind}\t${key}`));
    if (overtaken !== undefined) {
      const why = `Revision ${line.next} changed ${overtaken.kind} ${overtaken.key} while the candidate was tried.`;
      await this.withdraw(environmentId, why);
      return;
    }
    const to = { number: line.candidates + 1, epoch: line.epoch, base: line.next };
    await rebase(this.tx, { environmentId, changeId }, to);
    this.#retried.add(environmentId);
  }

  async #propose(environmentId: string): Promise<void> {
    const { tried, epoch, next, candidates, staged } = this.#line(environmentId);
    await refuseSecond(this.tx, tried);
    const [number, base, entities] = [candidates + 1, next - 1, [...staged.values()]];
    const candidate = { environmentId, changeId: this.changeId, number, epoch, base };
    await writeCandidate(this.tx, { ...candidate, confirmations: this.#command.confirmations ?? [] }, entities);
    await appendEntry(this.tx, chainOf.environment(environmentId), {
      ...this.#common(),
      environment: environmentId,
      candidate: number,
      base,
      entities: told(entities),
    });
    this.#retried.add(environmentId);
  }

  async #decide(environmentId: string, changeId: string, decision: Decision): Promise<void> {
    await decideCandidate(this.tx, { environmentId, changeId }, decision);
    this.#line(environmentId).tried = null;
    this.#retried.add(environmentId);
  }

  #proposing(): readonly string[] {
    return [...this.#lines.keys()].filter((id) => this.isCandidate(id));
  }

  #line(environmentId: string): Line {
    const line = this.#lines.get(environmentId);
    if (line === undefined) throw new Error(`environment ${environmentId} was not locked`);
    return line;
  }
}
