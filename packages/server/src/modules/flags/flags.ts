/** Commands and queries on flags. */
import type { FlagConfiguration, Moment, RegexEngine } from '@flaghoist/evaluator';
import type { FlagCreate, FlagEdit } from '@flaghoist/protocol/management';
import { type Db, row, sql } from '../../platform/database.ts';
import { etag, requireMatch } from '../../platform/etag.ts';
import type { Scope } from '../../platform/principal.ts';
import { archived, invalid, Refusal } from '../../platform/refusal.ts';
import type { Rights } from '../../platform/rights.ts';
import { chainOf } from '../audit/index.ts';
import type { Changes, Command, UnitOfWork, Written } from '../changes/index.ts';
import { type Projects, refuseArchivedProject } from '../projects/index.ts';
import type { Segments } from '../segments/index.ts';
import { createConfigurations } from './configurations.ts';
import { addVariants, asInitial, beginConfiguration } from './decide.ts';
import { createEvaluateNow } from './evaluate-now.ts';
import { type FlagRow, type FlagState, selectFlag, selectFlags, showFlag } from './rows.ts';
import { flagsNeeding } from './prerequisites.ts';

type Project = Scope['project'];

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

export interface FlagFilter {
  readonly projectId: string;
  readonly after: string;
  readonly limit: number;
  readonly archived: boolean;
  readonly tag?: string;
}

export type Flags = ReturnType<typeof createFlags>;

export function createFlags(deps: FlagsDeps) {
  const { db, changes } = deps;

  return {
    configurations: createConfigurations(deps),
    evaluateNow: createEvaluateNow(deps),
    create: (command: Command, project: Project, input: FlagCreate) => create(deps, command, project, input),
    edit: (command: Command, project: Project, key: string, ifMatch: string | undefined, edit: FlagEdit) =>
      editFlag(deps, command, project, key, ifMatch, edit),
    archive: (command: Command, project: Project, key: string, ifMatch: string | undefined) =>
      archive(deps, command, project, key, ifMatch),

    get: (projectId: string, key: string) => selectFlag(db, sql`project_id = ${projectId}::uuid and key = ${key}`),

    list: ({ projectId, after, limit, archived, tag }: FlagFilter) =>
      selectFlags(
        db,
        sql`project_id = ${projectId}::uuid and key > ${after} collate "C" and (archived_at is not null) = ${archived}
          and (${tag ?? null}::text is null or ${tag ?? null}::text = any(tags)) order by key collate "C" limit ${limit}`,
      ),

    /** The state of flags in every living environment of a project that may be seen, by flag key. */
    async statesOf(
      projectId: string,
      keys: readonly string[],
      rights: Rights,
    ): Promise<ReadonlyMap<string, FlagState[]>> {
      const environments = rights
        .visible(projectId, await deps.projects.environments.ofProject(projectId))
        .filter((environment) => environment.archivedAt === null);
      const found = await changes.newestAmong(
        environments.map((environment) => environment.id),
        'flag',
        keys,
      );
      const nameOf = new Map(environments.map(({ id, key }) => [id, key]));
      const states = new Map<string, FlagState[]>();
      for (const { environmentId, key, json, revision } of found) {
        const { enabled } = JSON.parse(json ?? '') as FlagConfiguration;
        const state = { environment: nameOf.get(environmentId) ?? '', enabled, revision };
        states.set(key, [...(states.get(key) ?? []), state]);
      }
      for (const list of states.values()) list.sort((a, b) => (a.environment < b.environment ? -1 : 1));
      return states;
    },

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
    if (configuration.enabled) requireEverywhere(command, project, environments);
    const id = deps.newId();
    const { key, type, name = key, description = '', owner = '', tags = [] } = input;
    const made = await row(
      unit.tx,
      sql`insert into flags (id, project_id, key, type, name, description, owner, tags, variants, initial, created_at)
        values (${id}::uuid, ${project.id}::uuid, ${key}, ${type}, ${name}, ${description}, ${owner}, ${tags}::text[],
          ${Object.keys(configuration.variants)}::text[], ${JSON.stringify(asInitial(configuration))}, ${unit.at})
        on conflict (project_id, key) do nothing returning 1 as made`,
    );
    if (made === undefined) throw await taken(unit, project, key);
    for (const environment of environments) await unit.put(environment.id, 'flag', key, configuration);
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
    for (const { id } of environments) {
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
        variants = ${variants}::text[], initial = ${JSON.stringify(initial)}, version = version + 1 where id = ${before.id}::uuid`.execute(
        unit.tx,
      );
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
    await sql`update flags set archived_at = ${unit.at}, version = version + 1 where id = ${before.id}::uuid`.execute(
      unit.tx,
    );
    unit.note(chainOf.project(project.id), { flag: key, archived: true });
    return show(unit, project, key, command.rights.visible(project.id, environments), 200);
  });
}

function requireEverywhere(
  { rights }: Command,
  project: Project,
  environments: readonly { readonly id: string; readonly key: string }[],
): void {
  for (const environment of environments) rights.require('editor', project.id, environment);
}

async function refuseNeeded(
  unit: UnitOfWork,
  key: string,
  environments: readonly { readonly id: string; readonly key: string }[],
): Promise<void> {
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
  environments: readonly { readonly id: string; readonly key: string }[],
  status: 200 | 201,
) {
  const flag = await selectFlag(unit.tx, sql`project_id = ${project.id}::uuid and key = ${key}`);
  if (flag === undefined) throw new Error(`flag ${key} vanished in its own transaction`);
  const states: FlagState[] = [];
  for (const { id, key: environment } of environments) {
    const staged = await unit.staged(id, 'flag', key);
    if (staged !== null)
      states.push({
        environment,
        enabled: (JSON.parse(staged.json) as FlagConfiguration).enabled,
        revision: staged.revision,
      });
  }
  const location = `/api/v1/projects/${project.key}/flags/${key}`;
  return {
    status,
    body: showFlag(project.key, flag, states),
    headers: { etag: etag(flag.version), ...(status === 201 ? { location } : {}) },
  };
}
