/** Commands and queries on flag configurations, and changes of several entities at once. */
import type { FlagConfiguration, RegexEngine } from '@flaghoist/evaluator';
import {
  type Edit,
  type FlagConfigurationEdit,
  FlagConfigurationEditSchema,
  type SegmentEdit,
  SegmentEditSchema,
} from '@flaghoist/protocol/management';
import { type Db, sql } from '../../platform/database.ts';
import { etag, requireMatch } from '../../platform/etag.ts';
import type { Place, Scope } from '../../platform/principal.ts';
import { invalid, Refusal } from '../../platform/refusal.ts';
import { chainOf } from '../audit/index.ts';
import {
  type Changes,
  type Command,
  type EntityVersion,
  showChange,
  type UnitOfWork,
  type Written,
} from '../changes/index.ts';
import type { Projects } from '../projects/index.ts';
import type { EditedConditions, Segments } from '../segments/index.ts';
import { conditionsSetBy, editConfiguration, isTurnOff } from './decide.ts';
import { type EditedPrerequisites, requireSoundPrerequisites } from './prerequisites.ts';
import { showConfiguration } from './rows.ts';
import { selectConfigurations } from './states.ts';

export interface ConfigurationsDeps {
  readonly db: Db;
  readonly changes: Changes;
  readonly projects: Projects;
  readonly segments: Segments;
  readonly regex: RegexEngine;
}

type Project = Scope['project'];

/** What an edit set that names other entities. */
interface EditedReferences {
  readonly prerequisites: readonly EditedPrerequisites[];
  readonly conditions: readonly EditedConditions[];
}

export function createConfigurations(deps: ConfigurationsDeps) {
  const { changes, db } = deps;
  return {
    /** Several edits in one transaction: all of them, in one or several environments, or none. */
    apply: (command: Command, project: Project, edits: readonly Edit[]) => applyAll(deps, command, project, edits),

    /** Edits of a change that somebody else makes: each in the place of the same index, all of them locked. */
    stage: (unit: UnitOfWork, places: readonly Place[], edits: readonly Edit[]) => stageAll(deps, unit, places, edits),

    async get(environmentId: string, key: string): Promise<EntityVersion | undefined> {
      const found = await changes.newest(environmentId, 'flag', key);
      return found?.json == null ? undefined : found;
    },

    /** A flag's newest configuration in each of some environments that it is in, in their order. */
    async inEach(environments: readonly { readonly id: string; readonly key: string }[], key: string) {
      const ids = environments.map(({ id }) => id);
      const found = await selectConfigurations(db, sql`s.environment_id = any(${ids}::uuid[]) and s.key = ${key}`);
      return environments.flatMap((environment) => {
        const one = found.find(({ environmentId }) => environmentId === environment.id);
        if (one === undefined) return [];
        const configuration = JSON.parse(one.json) as FlagConfiguration;
        return [{ environment: environment.key, configuration, revision: one.revision }];
      });
    },

    async edit(
      command: Command,
      place: Place,
      key: string,
      ifMatch: string | undefined,
      edit: FlagConfigurationEdit,
    ): Promise<Written> {
      return changes.execute(command, async (unit) => {
        unit.inProject(place.project.id);
        await unit.lock([place.environment.id]);
        const { configuration, revision } = await applyEdit(deps, unit, place, key, ifMatch, edit, '$');
        await requireSound(deps, unit, [referencesSetBy(edit, place, key, '$')]);
        if (unit.isCandidate(place.environment.id))
          return { status: 202, body: showChange(place.project.key, [place.environment], unit.record()) };
        const body = showConfiguration(place.project.key, place.environment.key, configuration, revision);
        return { status: 200, body, headers: { etag: etag(revision) } };
      });
    },
  };
}

async function applyAll(
  deps: ConfigurationsDeps,
  command: Command,
  project: Project,
  edits: readonly Edit[],
): Promise<Written> {
  refuseDoubles(edits);
  const places = await placesOf(deps, command, project, edits);
  return deps.changes.execute(command, async (unit) => {
    unit.inProject(project.id);
    const late = places.findIndex((place) => place.environment.archived);
    if (late >= 0) throw invalid(`$.edits[${late}].environment`, 'archived', 'The environment is archived.');
    await unit.lock(places.map((place) => place.environment.id));
    await stageAll(deps, unit, places, edits);
    const asked = edits.map(({ environment, flag, segment }) => ({
      environment,
      ...(flag === undefined ? { segment } : { flag }),
    }));
    unit.note(chainOf.project(project.id), { edits: asked });
    const record = unit.record();
    const status = record.state === 'candidate' ? 202 : 201;
    return { status, body: showChange(project.key, environmentsOf(places), record) };
  });
}

/** Stages edits, each in its place, which is locked; judges what they refer to once all are staged. */
async function stageAll(
  deps: ConfigurationsDeps,
  unit: UnitOfWork,
  places: readonly Place[],
  edits: readonly Edit[],
): Promise<void> {
  const set: EditedReferences[] = [];
  for (const [i, edit] of edits.entries()) {
    const place = places[i];
    if (place !== undefined) set.push(await applyOne(deps, unit, place, edit, i));
  }
  await requireSound(deps, unit, set);
}

async function requireSound(
  { segments }: ConfigurationsDeps,
  unit: UnitOfWork,
  set: readonly EditedReferences[],
): Promise<void> {
  await requireSoundPrerequisites(
    unit,
    set.flatMap(({ prerequisites }) => prerequisites),
  );
  await segments.requireSoundReferences(
    unit,
    set.flatMap(({ conditions }) => conditions),
  );
}

function environmentsOf(places: readonly Place[]) {
  return places.map(({ environment }) => environment);
}

/** Where the edits are, each where the author may edit. */
async function placesOf(
  deps: ConfigurationsDeps,
  { rights }: Command,
  project: Project,
  edits: readonly Edit[],
): Promise<readonly Place[]> {
  const environments = rights.visible(project.id, await deps.projects.environments.ofProject(project.id));
  return edits.map((edit, i) => {
    const path = `$.edits[${i}].environment`;
    const environment = environments.find((one) => one.key === edit.environment);
    if (environment === undefined)
      throw invalid(path, 'not_found', `The project has no environment ${edit.environment}.`);
    rights.require('editor', project.id, environment);
    return {
      project,
      environment: { id: environment.id, key: environment.key, archived: environment.archivedAt !== null },
    };
  });
}

/** Answers what it set, to be judged once all edits are staged. */
async function applyOne(
  deps: ConfigurationsDeps,
  unit: UnitOfWork,
  place: Place,
  edit: Edit,
  i: number,
): Promise<EditedReferences> {
  const at = `$.edits[${i}].set`;
  const ifMatch = etag(edit.ifMatch);
  if (edit.flag === undefined) {
    const segment = edit.segment ?? '';
    const conditions = await deps.segments.applyEdit(unit, place, segment, ifMatch, edit.set as SegmentEdit, at);
    return { prerequisites: [], conditions };
  }
  const set = edit.set as FlagConfigurationEdit;
  await applyEdit(deps, unit, place, edit.flag, ifMatch, set, at);
  return referencesSetBy(set, place, edit.flag, at);
}

function referencesSetBy(edit: FlagConfigurationEdit, place: Place, flag: string, at: string): EditedReferences {
  const environmentId = place.environment.id;
  return {
    prerequisites: (edit.prerequisites ?? []).length > 0 ? [{ environmentId, flag, at }] : [],
    conditions: conditionsSetBy(edit, at).map((one) => ({ ...one, environmentId, segment: null })),
  };
}

async function applyEdit(
  deps: ConfigurationsDeps,
  unit: UnitOfWork,
  place: Place,
  key: string,
  ifMatch: string | undefined,
  edit: FlagConfigurationEdit,
  at: string,
) {
  const before = await unit.current(place.environment.id, 'flag', key);
  if (before?.json == null) throw new Refusal('not_found', `There is no flag ${key} in ${place.environment.key}.`);
  requireMatch(ifMatch, before.revision, `flag ${key} in ${place.environment.key}`);
  const former = JSON.parse(before.json) as FlagConfiguration;
  const configuration = editConfiguration(former, edit, deps.regex, at);
  const lane = isTurnOff(former, configuration) ? 'at once' : 'tried first';
  return { configuration, revision: await unit.put(place.environment.id, 'flag', key, configuration, lane) };
}

function refuseDoubles(edits: readonly Edit[]): void {
  const seen = new Set<string>();
  for (const [i, edit] of edits.entries()) {
    if ((edit.flag === undefined) === (edit.segment === undefined))
      throw invalid(`$.edits[${i}]`, 'edit', 'An edit names either a flag or a segment.');
    refuseOtherMembers(edit, i);
    const name = `${edit.environment}\t${edit.flag ?? ''}\t${edit.segment ?? ''}`;
    if (seen.has(name))
      throw invalid(
        `$.edits[${i}]`,
        'edit_twice',
        'The same entity is edited twice in one change. Make one edit of the two.',
      );
    seen.add(name);
  }
}

/** `set` may be of either kind in the schema; here it must be of the entity's own. */
function refuseOtherMembers(edit: Edit, i: number): void {
  const schema = edit.flag === undefined ? SegmentEditSchema : FlagConfigurationEditSchema;
  const other = Object.keys(edit.set).find((member) => !Object.hasOwn(schema.properties, member));
  if (other === undefined) return;
  const kind = edit.flag === undefined ? 'segment' : 'flag configuration';
  throw invalid(`$.edits[${i}].set.${other}`, 'additional_properties', `A ${kind} has no member ${other}.`);
}
