/** Rows of flags, and how the API shows flags and configurations. */
import type { FlagConfiguration, FlagType } from '@flaghoist/evaluator';
import { type Queryable, row, rows, sql } from '../../platform/database.ts';
import { folded } from '../../platform/text-search.ts';
import type { NamedState } from './states.ts';

export interface FlagRow {
  readonly id: string;
  readonly projectId: string;
  readonly key: string;
  readonly type: FlagType;
  readonly name: string;
  readonly description: string;
  readonly owner: string;
  readonly tags: string[];
  readonly variants: string[];
  readonly initial: string;
  readonly createdAt: string;
  /** Of the flag itself, not of its configurations. */
  readonly changedAt: string;
  readonly archivedAt: string | null;
  readonly version: number;
}

export const FLAG_COLUMNS = sql`f.id, f.project_id as "projectId", f.key, f.type, f.name, f.description, f.owner, f.tags, f.variants,
  f.initial, f.created_at as "createdAt", f.changed_at as "changedAt", f.archived_at as "archivedAt", f.version`;
const FLAGS = sql`select ${FLAG_COLUMNS} from flags f`;

/** What a search for words looks through, folded. */
export function searchText(flag: {
  readonly key: string;
  readonly name: string;
  readonly description: string;
  readonly owner: string;
  readonly tags: readonly string[];
}): string {
  return folded([flag.key, flag.name, flag.description, flag.owner, ...flag.tags].join('\n'));
}

export function selectFlag(on: Queryable, where: ReturnType<typeof sql>): Promise<FlagRow | undefined> {
  return row(on, sql<FlagRow>`${FLAGS} where ${where}`);
}

export function selectFlags(on: Queryable, where: ReturnType<typeof sql>): Promise<FlagRow[]> {
  return rows(on, sql<FlagRow>`${FLAGS} where ${where}`);
}

/** `states`: of the environments that may be seen. */
export function showFlag(project: string, flag: FlagRow, states: readonly NamedState[]) {
  const { key, type, name, description, owner, tags, variants, createdAt, version } = flag;
  const lifecycle = flag.archivedAt === null ? ('active' as const) : ('archived' as const);
  const changedAt = states.reduce((newest, state) => later(newest, state.changedAt), flag.changedAt);
  return {
    project,
    key,
    type,
    name,
    description,
    owner,
    tags,
    variants,
    lifecycle,
    createdAt,
    changedAt,
    version,
    environments: [...states],
  };
}

/** Of two times as ISO texts in UTC. */
function later(a: string, b: string): string {
  return a < b ? b : a;
}

export function showConfiguration(
  project: string,
  environment: string,
  configuration: FlagConfiguration,
  revision: number,
) {
  const { key, type, enabled, variants, offVariant, clientVisible, prerequisites, targets, rules } = configuration;
  return {
    project,
    environment,
    key,
    type,
    enabled,
    variants,
    offVariant: offVariant ?? null,
    clientVisible: clientVisible ?? false,
    prerequisites: [...(prerequisites ?? [])],
    targets: [...(targets ?? [])],
    rules: [...(rules ?? [])],
    default: configuration.default,
    revision,
  };
}
