/** Commands and queries on segments. */
import type { RegexEngine, Segment } from '@flaghoist/evaluator';
import type { SegmentCreate, SegmentEdit } from '@flaghoist/protocol/management';
import type { Db, Queryable } from '../../platform/database.ts';
import { etag, requireMatch } from '../../platform/etag.ts';
import type { Place } from '../../platform/principal.ts';
import { Refusal } from '../../platform/refusal.ts';
import {
  type Answer,
  type Changes,
  type Command,
  type EntityVersion,
  showChange,
  type UnitOfWork,
  type Written,
} from '../changes/index.ts';
import { editSegment, segmentsIn } from './decide.ts';
import type { ConditionsAt } from './pattern-cost.ts';
import { type EditedConditions, refuseArchived, requireSoundReferences } from './references.ts';
import { findSegments, selectHolding, selectSegments } from './states.ts';

/** Keys of the flags of an environment that refer to a segment, in order; handed in by whoever owns flags. */
export type FlagsUsing = (on: Queryable, environmentId: string, segment: string) => Promise<readonly string[]>;

export type Segments = ReturnType<typeof createSegments>;

interface SegmentsDeps {
  readonly db: Db;
  readonly changes: Changes;
  readonly flagsUsing: FlagsUsing;
  readonly regex: RegexEngine;
}

export function createSegments(deps: SegmentsDeps) {
  const { db, changes, regex } = deps;

  return {
    async get(environmentId: string, key: string): Promise<EntityVersion | undefined> {
      const found = await changes.newest(environmentId, 'segment', key);
      return found?.json == null ? undefined : found;
    },

    list: (environmentId: string, words: readonly string[], after: string, limit: number) =>
      selectSegments(db, environmentId, words, after, limit),
    find: (words: readonly string[], environmentIds: readonly string[], limit: number) =>
      findSegments(db, words, environmentIds, limit),

    /** What refers to a segment: keys, in order. */
    usage: async (environmentId: string, key: string) => ({
      flags: [...(await deps.flagsUsing(db, environmentId, key))],
      segments: [...(await segmentsUsing(db, environmentId, key))],
    }),

    async create(command: Command, place: Place, input: SegmentCreate): Promise<Written> {
      const { key, ...members } = input;
      const segment = editSegment({ key }, members, regex);
      return changes.execute(command, async (unit) => {
        unit.inProject(place.project.id);
        await unit.lock([place.environment.id]);
        await requireUnused(unit, place, key);
        const revision = await unit.put(place.environment.id, 'segment', key, segment, 'tried first');
        await requireSoundReferences(unit, conditionsSetBy(members, place, key, '$'));
        return answer(unit, 201, place, segment, revision);
      });
    },

    async edit(
      command: Command,
      place: Place,
      key: string,
      ifMatch: string | undefined,
      edit: SegmentEdit,
    ): Promise<Written> {
      return changes.execute(command, async (unit) => {
        unit.inProject(place.project.id);
        await unit.lock([place.environment.id]);
        const { segment, revision } = await applyEdit(regex, unit, place, key, ifMatch, edit, '$');
        await requireSoundReferences(unit, conditionsSetBy(edit, place, key, '$'));
        return answer(unit, 200, place, segment, revision);
      });
    },

    /**
     * One edit of a change that holds several; the environment is locked. Answers the conditions that it set, to be judged
     * by `requireSoundReferences` once all edits are staged.
     */
    async applyEdit(
      unit: UnitOfWork,
      place: Place,
      key: string,
      ifMatch: string | undefined,
      edit: SegmentEdit,
      at: string,
    ): Promise<readonly EditedConditions[]> {
      await applyEdit(regex, unit, place, key, ifMatch, edit, at);
      return conditionsSetBy(edit, place, key, at);
    },

    requireSoundReferences,

    /** What of `requireSoundReferences` a flag's edit that nobody makes is refused for. */
    refuseArchived: (environmentId: string, set: readonly ConditionsAt[]) => refuseArchived(db, environmentId, set),

    async archive(command: Command, place: Place, key: string, ifMatch: string | undefined): Promise<Written> {
      return changes.execute(command, async (unit) => {
        unit.inProject(place.project.id);
        await unit.lock([place.environment.id]);
        const { segment, revision } = await existing(unit, place, key);
        requireMatch(ifMatch, revision, `segment ${key}`);
        const users = [
          ...(await deps.flagsUsing(unit.tx, place.environment.id, key)).map((flag) => `flag ${flag}`),
          ...(await segmentsUsing(unit.tx, place.environment.id, key)).map((segment) => `segment ${segment}`),
        ];
        if (users.length > 0)
          throw new Refusal(
            'segment_in_use',
            `Rules refer to segment ${key}: ${users.slice(0, 10).join(', ')}. Take it out of them first.`,
          );
        await unit.put(place.environment.id, 'segment', key, null, 'tried first');
        return answer(unit, 200, place, segment, unit.revisionOf(place.environment.id));
      });
    },
  };
}

async function applyEdit(
  regex: RegexEngine,
  unit: UnitOfWork,
  place: Place,
  key: string,
  ifMatch: string | undefined,
  edit: SegmentEdit,
  at: string,
) {
  const before = await existing(unit, place, key);
  requireMatch(ifMatch, before.revision, `segment ${key}`);
  const segment = editSegment(before.segment, edit, regex, at);
  return { segment, revision: await unit.put(place.environment.id, 'segment', key, segment, 'tried first') };
}

async function requireUnused(unit: UnitOfWork, place: Place, key: string): Promise<void> {
  const before = await unit.current(place.environment.id, 'segment', key);
  if (before?.json != null)
    throw new Refusal('already_exists', `There is a segment ${key} in ${place.environment.key} already.`);
  if (before !== undefined)
    throw new Refusal(
      'key_retired',
      `The key ${key} was a segment’s in ${place.environment.key} before; a key is never reused. Choose another.`,
    );
}

function conditionsSetBy(
  { conditions }: Pick<SegmentEdit, 'conditions'>,
  place: Place,
  segment: string,
  at: string,
): readonly EditedConditions[] {
  if (conditions === undefined) return [];
  // They were checked before they were staged.
  const checked = conditions as NonNullable<Segment['conditions']>;
  return [{ environmentId: place.environment.id, segment, conditions: checked, at: `${at}.conditions` }];
}

async function existing(
  unit: UnitOfWork,
  place: Place,
  key: string,
): Promise<{ readonly segment: Segment; readonly revision: number }> {
  const found = await unit.current(place.environment.id, 'segment', key);
  if (found?.json == null) throw new Refusal('not_found', `There is no segment ${key} in ${place.environment.key}.`);
  return { segment: JSON.parse(found.json) as Segment, revision: found.revision };
}

async function segmentsUsing(on: Queryable, environmentId: string, key: string): Promise<readonly string[]> {
  const maybe = await selectHolding(on, environmentId, `"segment":${JSON.stringify(key)}`);
  return maybe
    .filter(({ json }) => segmentsIn((JSON.parse(json) as Segment).conditions ?? []).includes(key))
    .map((user) => user.key)
    .sort();
}

function answer(unit: UnitOfWork, status: 200 | 201, place: Place, segment: Segment, revision: number): Answer {
  if (unit.isCandidate(place.environment.id))
    return { status: 202, body: showChange(place.project.key, [place.environment], unit.record()) };
  const body = showSegment(place, segment, revision);
  const location = `/api/v1/projects/${place.project.key}/environments/${place.environment.key}/segments/${segment.key}`;
  return { status, body, headers: { etag: etag(revision), ...(status === 201 ? { location } : {}) } };
}

export function showSegment(place: Place, segment: Segment, revision: number) {
  return {
    project: place.project.key,
    environment: place.environment.key,
    key: segment.key,
    included: [...(segment.included ?? [])],
    excluded: [...(segment.excluded ?? [])],
    conditions: [...(segment.conditions ?? [])],
    revision,
  };
}
