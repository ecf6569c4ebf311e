/** Commands and queries on flags. */
import type { FlagConfiguration, Moment, RegexEngine } from '@flaghoist/evaluator';
import type { FlagCreate, FlagEdit } from '@flaghoist/protocol/management';
import { type Db, row, sql } from '../../platform/database.ts';
import { etag, requireMatch } from '../../platform/etag.ts';
import type { Scope } from '../../platform/principal.ts';
import { archived, invalid, Refusal } from '../../platform/refusal.ts';
import type { Rights } from '../../platform/rights.ts';
import { folded } from '../../platform/text-search.ts';
import { chainOf } from '../audit/index.ts';
import type { Changes, Command, UnitOfWork, Written } from '../changes/index.ts';
import { type Projects, refuseArchivedProject } from '../projects/index.ts';
import type { Segments } from '../segments/index.ts';
import { createConfigurations } from './configurations.ts';
import { addVariants, asInitial, beginConfiguration } from './decide.ts';
import { createEvaluateNow } from './evaluate-now.ts';
import { findFlags } from './find.ts';
import { countFlags, type FlagFilter, type FlagOrder, selectFacets, selectFlagPage } from './list.ts';
import { flagsNeeding } from './prerequisites.ts';
import { type FlagRow, searchText, selectFlag, selectFlags, showFlag } from './rows.ts';
import { createSavedFilters } from './saved-filters.ts';
import { type NamedState, selectStates, stateOf } from './states.ts';

type Project = Scope['project'];
type NamedEnvironment = { readonly id: string; readonly key: string };

export interface FlagsDeps {
  readonly db: Db;
  readonly changes: Changes;
  readonly projects: Projects;
  readonly segments: Segments;
  readonly regex: RegexEngine;
  /** Begins the moment of an evaluation. */
  readonly moment: () => Moment;
  readonly newId: () => string;
}

export type Flags = ReturnType<typeof createFlags>;

export function createFlags(deps: FlagsDeps) {
  const { db } = deps;

  return {
    configurations: createConfigurations(deps),
    evaluateNow: createEvaluateNow(deps),
    savedFilters: createSavedFilters(deps),
    create: (command: Command, project: Project, input: FlagCreate) => create(deps, command, project, input),
    edit: (command: Command, project: Project, key: string, ifMatch: string | undefined, edit: FlagEdit) =>
      editFlag(deps, command, project, key, ifMatch, edit),
    archive: (command: Command, project: Project, key: string, ifMatch: string | undefined) =>
      archive(deps, command, project, key, ifMatch),

    get: (projectId: string, key: string) => selectFlag(db, sql`project_id = ${projectId}::uuid and key = ${key}`),

    page: (filter: FlagFilter, order: FlagOrder, after: string | null, limit: number) =>
      selectFlagPage(db, filter, order, after, limit),
    count: (filter: FlagFilter) => countFlags(db, filter),
    facets: (projectId: string) => selectFacets(db, projectId),
    find: (words: readonly string[], projectIds: readonly string[], limit: number) =>
      findFlags(db, words, projectIds, limit),

    /** The living environments of a project that may be seen, by key. */
    async visibleEnvironments(projectId: string, rights: Rights) {
      const all = await deps.projects.environments.ofProject(projectId);
      return rights.visible(projectId, all).filter((environment) => environment.archivedAt === null);
    },

    /** The states of flags in some environments, by flag key, in the order of the environments. */
    statesOf: (environments: readonly NamedEnvironment[], keys: readonly string[]) =>
      selectStates(db, environments, keys),

    /** Gives a new environment all living flags, off. */
    async fillEnvironment(
      unit: UnitOfWork,
      environment: { readonly id: string; readonly projectId: string },
    ): Promise<void> {
      const flags = await selectFlags(
        unit.tx,
        sql`project_id = ${environment.projectId}::uuid and archived_at is null`,
      );
      for (const flag of flags)
        await unit.put(environment.id, 'flag', flag.key, JSON.parse(flag.initial) as FlagConfiguration);
    },
  };
}

async function create(deps: FlagsDeps, command: Command, project: Project, input: FlagCreate): Promise<Written> {
  const configuration = beginConfiguration(input);
  return deps.changes.execute(command, async (unit) => {
    const environments = await lockProject(deps, unit, project.id);
    // Off, a flag changes nothing for anybody; on, it is an edit of every environment.
    if (configuration.enabled) {
      requireEverywhere(command, project, environments);
      refuseStaged(unit, environments);
    }
    const id = deps.newId();
    const { key, type, name = key, description = '', owner = '', tags = [] } = input;
    const made = await row(
      unit.tx,
      sql`insert into flags (id, project_id, key, type, name, description, owner, tags, variants, initial, created_at,
          changed_at, search, folded_name)
        values (${id}::uuid, ${project.id}::uuid, ${key}, ${type}, ${name}, ${description}, ${owner}, ${tags}::text[],
          ${Object.keys(configuration.variants)}::text[], ${JSON.stringify(asInitial(configuration))}, ${unit.at}, ${unit.at},
          ${searchText({ key, name, description, owner, tags })}, ${folded(name)})
        on conflict (project_id, key) do nothing returning 1 as made`,
    );
    if (made === undefined) throw await taken(unit, project, key);
    for (const environment of environments) await unit.put(environment.id, 'flag', key, configuration);
    unit.aboutFlag(key);
    unit.note(chainOf.project(project.id), { flag: key, type, created: true });
    return show(unit, project, key, command.rights.visible(project.id, environments), 201);
  });
}

async function editFlag(
  deps: FlagsDeps,
  command: Command,
  project: Project,
  key: string,
  ifMatch: string | undefined,
  edit: FlagEdit,
): Promise<Written> {
  return deps.changes.execute(command, async (unit) => {
    const environments = await lockProject(deps, unit, project.id);
    const before = await living(unit, project, key);
    requireMatch(ifMatch, before.version, `flag ${key}`);
    const { addVariants: added = {}, ...members } = edit;
    const initial = withVariants(before, JSON.parse(before.initial) as FlagConfiguration, added);
    for (const { id } of Object.keys(added).length > 0 ? environments : []) {
      const current = await unit.current(id, 'flag', key);
      if (current?.json != null)
        await unit.put(id, 'flag', key, withVariants(before, JSON.parse(current.json) as FlagConfiguration, added));
    }
    const { name, description, owner, tags } = { ...before, ...members };
    const variants = Object.keys(initial.variants);
    const after = { ...before, ...members, variants };
    const isChanged = JSON.stringify(describedOf(after)) !== JSON.stringify(describedOf(before));
    if (isChanged) {
      await sql`update flags set name = ${name}, description = ${description}, owner = ${owner}, tags = ${tags}::text[],
        variants = ${variants}::text[], initial = ${JSON.stringify(initial)}, changed_at = ${unit.at}, search = ${searchText(after)}, folded_name = ${folded(name)},
        version = version + 1 where id = ${before.id}::uuid`.execute(unit.tx);
      unit.aboutFlag(key);
      unit.note(chainOf.project(project.id), { flag: key, ...edit });
    }
    return show(unit, project, key, command.rights.visible(project.id, environments), 200);
  });
}

function describedOf({ name, description, owner, tags, variants }: FlagRow) {
  return [name, description, owner, tags, variants];
}

async function archive(
  deps: FlagsDeps,
  command: Command,
  project: Project,
  key: string,
  ifMatch: string | undefined,
): Promise<Written> {
  return deps.changes.execute(command, async (unit) => {
    const environments = await lockProject(deps, unit, project.id);
    const before = await living(unit, project, key);
    requireEverywhere(command, project, environments);
    requireMatch(ifMatch, before.version, `flag ${key}`);
    await refuseNeeded(unit, key, environments);
    for (const environment of environments) await unit.put(environment.id, 'flag', key, null);
    await sql`update flags set archived_at = ${unit.at}, changed_at = ${unit.at}, version = version + 1 where id = ${before.id}::uuid`.execute(
      unit.tx,
    );
    unit.aboutFlag(key);
    unit.note(chainOf.project(project.id), { flag: key, archived: true });
    return show(unit, project, key, command.rights.visible(project.id, environments), 200);
  });
}

function requireEverywhere({ rights }: Command, project: Project, environments: readonly NamedEnvironment[]): void {
  for (const environment of environments) rights.require('editor', project.id, environment);
}

async function refuseNeeded(unit: UnitOfWork, key: string, environments: readonly NamedEnvironment[]): Promise<void> {
  const users: string[] = [];
  for (const environment of environments) {
    const needing = await flagsNeeding(unit, environment.id, key);
    users.push(...needing.map((flag) => `flag ${flag} in ${environment.key}`));
  }
  if (users.length > 0)
    throw new Refusal(
      'flag_in_use',
      `Other flags need flag ${key}: ${users.slice(0, 10).join(', ')}. Take it out of their prerequisites first.`,
    );
}

/** Locks a project's flags and environments against each other, and the lines of the living environments. */
async function lockProject(deps: FlagsDeps, unit: UnitOfWork, projectId: string) {
  await sql`select 1 from projects where id = ${projectId}::uuid for no key update`.execute(unit.tx);
  unit.inProject(projectId);
  await refuseArchivedProject(unit, projectId);
  const environments = (await deps.projects.environments.of(unit, projectId)).filter(
    (environment) => environment.archivedAt === null,
  );
  const locked = await unit.lock(
    environments.map((environment) => environment.id),
    'leave out',
  );
  return environments.filter((environment) => locked.includes(environment.id));
}

async function taken(unit: UnitOfWork, project: Project, key: string): Promise<Refusal> {
  const flag = await selectFlag(unit.tx, sql`project_id = ${project.id}::uuid and key = ${key}`);
  return flag?.archivedAt == null
    ? new Refusal('already_exists', `Project ${project.key} has a flag ${key} already.`)
    : new Refusal(
        'key_retired',
        `The key ${key} was a flag’s in ${project.key} before; a key is never reused, because old code may still ask for it. Choose another.`,
      );
}

async function living(unit: UnitOfWork, project: Project, key: string): Promise<FlagRow> {
  const flag = await selectFlag(unit.tx, sql`project_id = ${project.id}::uuid and key = ${key}`);
  if (flag === undefined) throw new Refusal('not_found', `There is no flag ${key} in project ${project.key}.`);
  if (flag.archivedAt !== null) throw archived(`Flag ${key}`);
  return flag;
}

function withVariants(
  flag: FlagRow,
  configuration: FlagConfiguration,
  added: { readonly [name: string]: unknown },
): FlagConfiguration {
  const known = Object.keys(added).find((name) => flag.variants.includes(name));
  if (known !== undefined)
    throw invalid(
      `$.addVariants.${known}`,
      'variant_exists',
      `Flag ${flag.key} has a variant ${known} already. Its values are edited in each environment.`,
    );
  return Object.keys(added).length === 0 ? configuration : addVariants(configuration, added);
}

async function show(
  unit: UnitOfWork,
  project: Project,
  key: string,
  environments: readonly NamedEnvironment[],
  status: 200 | 201,
) {
  const flag = await selectFlag(unit.tx, sql`project_id = ${project.id}::uuid and key = ${key}`);
  if (flag === undefined) throw new Error(`flag ${key} vanished in its own transaction`);
  const states = await statesAfter(unit, key, environments);
  const location = `/api/v1/projects/${project.key}/flags/${key}`;
  return {
    status,
    body: showFlag(project.key, flag, states),
    headers: { etag: etag(flag.version), ...(status === 201 ? { location } : {}) },
  };
}

/** The state of a flag in environments as this write leaves it. */
async function statesAfter(
  unit: UnitOfWork,
  key: string,
  environments: readonly NamedEnvironment[],
): Promise<readonly NamedState[]> {
  const before = (await selectStates(unit.tx, environments, [key])).get(key) ?? [];
  const written = unit.written().filter((one) => one.kind === 'flag' && one.key === key);
  return environments.flatMap(({ id, key: environment }) => {
    const change = written.find((one) => one.environmentId === id);
    const state = change === undefined ? before.find((one) => one.environment === environment) : stateOf(change);
    return state == null ? [] : [{ ...state, environment }];
  });
}

/** A flag is made everywhere at once, so it cannot be tried somewhere first. */
function refuseStaged(unit: UnitOfWork, environments: readonly NamedEnvironment[]): void {
  const staged = environments.find(({ id }) => unit.isStaged(id));
  if (staged === undefined) return;
  const message = `Environment ${staged.key} publishes in stages. Make the flag off, then turn it on in each environment.`;
  throw invalid('$.enabled', 'staged', message);
}
