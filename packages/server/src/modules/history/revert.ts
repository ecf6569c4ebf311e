/** Reverting: a new change that puts back, member by member, what another one changed. */
import type { Edit, Revert } from '@flaghoist/protocol/management';
import type { Place } from '../../platform/principal.ts';
import { archived, type FieldProblem, invalid, Refusal } from '../../platform/refusal.ts';
import { chainOf } from '../audit/index.ts';
import {
  type ChangeRecord,
  type Changes,
  type Command,
  type EditRecord,
  showChange,
  type UnitOfWork,
  type Written,
} from '../changes/index.ts';
import type { Flags } from '../flags/index.ts';
import type { EnvironmentRow } from '../projects/index.ts';
import { parseEntity, putBack, whyNot } from './put-back.ts';
import { named, type Project, type View, type Views } from './view.ts';

interface RevertDeps {
  readonly changes: Changes;
  readonly flags: Flags;
  readonly views: Views;
}

/** An edit to be put back, and where it was made. */
interface Undoing {
  readonly edit: EditRecord;
  readonly environment: EnvironmentRow;
}

interface Staging {
  readonly place: Place;
  readonly undoing: Undoing;
  readonly edit: Edit;
}

const MOST_EDITS = 1_000;
const MOST_BYTES = 64 << 20;
const MOST_TOLD = 20;
const LONGEST_VALUE = 200;

export function createRevert(deps: RevertDeps) {
  const { changes, views } = deps;

  /**
   * Puts back what a change did, or the part of it that `edits` name, as far as the author sees it; nothing when a member that it
   * altered was changed since.
   */
  return async function revert(command: Command, project: Project, id: string, { edits }: Revert): Promise<Written> {
    const view = await views.viewOf(project, command.rights);
    const record = await views.recordOf(view, id);
    const undoings = await undoingsOf(changes, view, record, edits);
    for (const { environment } of undoings) command.rights.require('editor', project.id, environment);
    const reasoned = { ...command, reason: command.reason ?? `Reverts change ${record.id}` };
    return changes.execute(reasoned, async (unit) => {
      unit.inProject(project.id);
      unit.reverts(record.id);
      refuseArchived(undoings);
      await unit.lock(undoings.map(({ environment }) => environment.id));
      const staging = await stagingOf(unit, project, undoings);
      await stage(deps.flags, unit, staging);
      unit.note(chainOf.project(project.id), { reverts: record.id, edits: staging.map(({ edit }) => nameOf(edit)) });
      const made = unit.record();
      const status = made.state === 'candidate' ? 202 : 201;
      return { status, body: showChange(project.key, view.environments, made) };
    });
  };
}

async function undoingsOf(
  changes: Changes,
  view: View,
  record: ChangeRecord,
  asked: Revert['edits'],
): Promise<readonly Undoing[]> {
  if (record.state === 'candidate')
    throw notRevertible(record, 'it is being tried and not published. Withdraw its candidate instead.');
  if (record.state === 'refused')
    throw notRevertible(record, 'it was withdrawn and never published: there is nothing to put back.');
  if (/^(?:key|environment|project)\./.test(record.action)) throw notRevertible(record, instead(record.action));
  const only = asked?.map((one, i) => askedOf(view, one, i));
  const double = only?.findIndex((one, i) => only.slice(0, i).some((other) => isSameEntity(one, other))) ?? -1;
  if (double >= 0) throw invalid(`$.edits[${double}]`, 'edit_twice', 'The same entity is named twice.');
  const found = await changes.edits({
    changeId: record.id,
    environmentIds: view.sight.environmentIds,
    only,
    limit: MOST_EDITS,
    mostBytes: MOST_BYTES,
  });
  if (found.more)
    throw notRevertible(record, 'it is too large to be reverted at once. Name a part of it with `edits`.');
  const missing = only?.findIndex((one) => !found.items.some((item) => isSameEntity(item, one))) ?? -1;
  if (missing >= 0) throw invalid(`$.edits[${missing}]`, 'not_found', `Change ${record.id} did not touch this entity.`);
  if (found.items.length < (only?.length ?? publishedCount(record)) || found.items.length === 0)
    throw notRevertible(record, instead(record.action));
  for (const item of found.items) {
    const reason = whyNot(item);
    if (reason !== null) throw notRevertible(record, reason);
  }
  return found.items.flatMap((edit) => {
    const environment = view.environments.find(({ id }) => id === edit.environmentId);
    return environment === undefined ? [] : [{ edit, environment }];
  });
}

/** Without what was withdrawn, which is nowhere. Of those that are not listed none is put back at once. */
function publishedCount({ entities, entityCount, candidates }: ChangeRecord): number {
  const withdrawn = new Set(
    candidates.flatMap(({ state, environmentId }) => (state === 'withdrawn' ? environmentId : [])),
  );
  return entityCount - entities.filter(({ environmentId }) => withdrawn.has(environmentId)).length;
}

function askedOf(view: View, asked: NonNullable<Revert['edits']>[number], i: number) {
  const { environment: name, flag, segment } = asked;
  const environment = named(view, name, `$.edits[${i}].environment`);
  if ((flag === undefined) === (segment === undefined))
    throw invalid(`$.edits[${i}]`, 'edit', 'An edit names either a flag or a segment.');
  const kind = flag === undefined ? 'segment' : 'flag';
  return { environmentId: environment.id, kind, key: flag ?? segment ?? '' };
}

function isSameEntity(
  a: Pick<EditRecord, 'environmentId' | 'key'> & { readonly kind: string },
  b: Pick<EditRecord, 'environmentId' | 'key'> & { readonly kind: string },
): boolean {
  return a.environmentId === b.environmentId && a.kind === b.kind && a.key === b.key;
}

function notRevertible({ id, action }: ChangeRecord, reason: string): Refusal {
  return new Refusal('not_revertible', `Change ${id} (${action}) cannot be reverted: ${reason}`);
}

/** For a change that did more, or something else, than edit flags and segments in environments. */
function instead(action: string): string {
  const [what = ''] = action.split('.');
  const hints: { readonly [what: string]: string } = {
    key: 'keys are not put back. Make another key, or revoke the one that was made.',
    environment: 'an environment is not put back. Archive the one that was made, or make one with another key.',
    project: 'projects are not put back. Set its name again, archive it, or make another one.',
    flag: 'it edited what the flag is everywhere. Set its name, description, owner or tags again.',
  };
  return hints[what] ?? 'it did not edit flags or segments in an environment. Make the opposite change by hand.';
}

function refuseArchived(undoings: readonly Undoing[]): void {
  const late = undoings.find(({ environment }) => environment.archivedAt !== null);
  if (late !== undefined) throw archived(`Environment ${late.environment.key}`);
}

/** The edits that put back, against what there is now. The environments are locked. */
async function stagingOf(
  unit: UnitOfWork,
  project: Project,
  undoings: readonly Undoing[],
): Promise<readonly Staging[]> {
  const staging: Staging[] = [];
  const conflicts: FieldProblem[] = [];
  for (const undoing of undoings) {
    const { edit, environment } = undoing;
    const now = await unit.current(environment.id, edit.kind, edit.key);
    if (now?.json == null) {
      conflicts.push(problem(undoing, null, `${titleOf(undoing)} was archived since.`));
      continue;
    }
    const found = putBack(parseEntity(edit.before ?? ''), parseEntity(edit.after ?? ''), parseEntity(now.json));
    for (const { member, now: value } of found.conflicts)
      conflicts.push(
        problem(undoing, member, `${titleOf(undoing)}: ${member} was changed since; it is ${short(value)} now.`),
      );
    if (Object.keys(found.set).length > 0) {
      const name = edit.kind === 'flag' ? { flag: edit.key } : { segment: edit.key };
      const place = { project, environment: { id: environment.id, key: environment.key, archived: false } };
      staging.push({
        place,
        undoing,
        edit: { environment: environment.key, ...name, ifMatch: now.revision, set: found.set },
      });
    }
  }
  if (conflicts.length > 0) throw conflict(conflicts);
  if (staging.length === 0) throw new Refusal('revert_conflict', 'Everything is as it was before that change already.');
  return staging;
}

/** Through the same checks as any edit; what they find is a conflict with what was done since. */
async function stage(flags: Flags, unit: UnitOfWork, staging: readonly Staging[]): Promise<void> {
  try {
    await flags.configurations.stage(
      unit,
      staging.map(({ place }) => place),
      staging.map(({ edit }) => edit),
    );
  } catch (error) {
    throw error instanceof Refusal && error.code === 'invalid_request' ? asConflict(error, staging) : error;
  }
}

function asConflict({ errors, message }: Refusal, staging: readonly Staging[]): Refusal {
  const told = errors.map((error) => {
    const at = staging[Number(/^\$\.edits\[(\d+)\]/.exec(error.path)?.[1] ?? -1)];
    if (at === undefined) return { ...error, path: 'entity' };
    return problem(at.undoing, null, `${titleOf(at.undoing)} cannot be put back: ${error.message}`);
  });
  return told.length > 0 ? conflict(told) : new Refusal('revert_conflict', message);
}

function conflict(errors: readonly FieldProblem[]): Refusal {
  const [first] = errors;
  const others = errors.length > 1 ? ` ${errors.length - 1} more stand in the way.` : '';
  const detail = `${first?.message ?? ''}${others} Nothing was put back: edit it by hand, or revert a part with \`edits\`.`;
  return new Refusal('revert_conflict', detail, { errors: errors.slice(0, MOST_TOLD) });
}

function problem({ edit, environment }: Undoing, member: string | null, message: string): FieldProblem {
  const path = ['entity', environment.key, edit.kind, edit.key, ...(member === null ? [] : [member])].join('.');
  return { path, code: 'changed_since', message };
}

function titleOf({ edit, environment }: Undoing): string {
  return `${edit.kind === 'flag' ? 'Flag' : 'Segment'} ${edit.key} in ${environment.key}`;
}

function nameOf({ environment, flag, segment }: Edit) {
  return { environment, ...(flag === undefined ? { segment } : { flag }) };
}

function short(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}
