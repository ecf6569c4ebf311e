/** Rows of projects and environments, and how the API shows them. */
import { type Queryable, row, rows, sql } from '../../platform/database.ts';

export interface ProjectRow {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly createdAt: string;
  readonly archivedAt: string | null;
  readonly version: number;
}

export interface EnvironmentRow extends ProjectRow {
  readonly projectId: string;
  readonly project: string;
}

export interface Position {
  readonly epoch: number;
  readonly revision: number;
  /** Of staged publication; null: the environment publishes at once. */
  readonly holdSeconds: number | null;
}

const PROJECTS = sql`select p.id, p.key, p.name, p.created_at as "createdAt", p.archived_at as "archivedAt", p.version from projects p`;
const ENVIRONMENTS = sql`select e.id, e.key, e.name, e.created_at as "createdAt", e.archived_at as "archivedAt", e.version,
  e.project_id as "projectId", p.key as project from environments e join projects p on p.id = e.project_id`;

export function selectProject(on: Queryable, where: ReturnType<typeof sql>): Promise<ProjectRow | undefined> {
  return row(on, sql<ProjectRow>`${PROJECTS} where ${where}`);
}

export function selectProjects(on: Queryable, where: ReturnType<typeof sql>): Promise<ProjectRow[]> {
  return rows(on, sql<ProjectRow>`${PROJECTS} where ${where}`);
}

export function selectEnvironment(on: Queryable, where: ReturnType<typeof sql>): Promise<EnvironmentRow | undefined> {
  return row(on, sql<EnvironmentRow>`${ENVIRONMENTS} where ${where}`);
}

export function selectEnvironments(on: Queryable, where: ReturnType<typeof sql>): Promise<EnvironmentRow[]> {
  return rows(on, sql<EnvironmentRow>`${ENVIRONMENTS} where ${where}`);
}

export function showProject({ key, name, createdAt, archivedAt, version }: ProjectRow) {
  return { key, name, createdAt, archivedAt, version };
}

export function showEnvironment(environment: EnvironmentRow, { epoch, revision, holdSeconds }: Position) {
  const { id, project, key, name, createdAt, archivedAt, version } = environment;
  return { id, project, key, name, epoch, revision, holdSeconds, createdAt, archivedAt, version };
}
