/** Rows of flags, and how the API shows flags and configurations. */
import type { FlagConfiguration, FlagType } from '@flaghoist/evaluator';
import { type Queryable, row, rows, sql } from '../../platform/database.ts';

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
  readonly archivedAt: string | null;
  readonly version: number;
}

export interface FlagState {
  readonly environment: string;
  readonly enabled: boolean;
  readonly revision: number;
}

const FLAGS = sql`select id, project_id as "projectId", key, type, name, description, owner, tags, variants, initial,
  created_at as "createdAt", archived_at as "archivedAt", version from flags`;

export function selectFlag(on: Queryable, where: ReturnType<typeof sql>): Promise<FlagRow | undefined> {
  return row(on, sql<FlagRow>`${FLAGS} where ${where}`);
}

export function selectFlags(on: Queryable, where: ReturnType<typeof sql>): Promise<FlagRow[]> {
  return rows(on, sql<FlagRow>`${FLAGS} where ${where}`);
}

export function showFlag(project: string, flag: FlagRow, environments: FlagState[]) {
  const { key, type, name, description, owner, tags, variants, createdAt, version } = flag;
  const lifecycle = flag.archivedAt === null ? ('active' as const) : ('archived' as const);
  return { project, key, type, name, description, owner, tags, variants, lifecycle, createdAt, version, environments };
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
