/**
 * projects: products and their stages.
 *
 * Owns: projects and environments, their names and whether they are archived.
 * Tables: projects, environments.
 * Emits: an environment's first revision, when it is made.
 * Never: knows what lives in an environment; who needs a new or archived one filled or emptied hands a function in.
 */
export { type EnvironmentHooks, environmentKeys, refuseArchivedProject } from './environments.ts';
export { createProjects, type Projects } from './projects.ts';
export { projectRoutes } from './routes.ts';
export type { EnvironmentRow, ProjectRow } from './rows.ts';
