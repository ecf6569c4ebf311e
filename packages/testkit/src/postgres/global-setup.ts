import type { TestProject } from 'vitest/node';
import { startPostgresServer } from './postgres-server.ts';

/**
 * vitest's globalSetup: one PostgreSQL server for the run of a project. Tests get its URL with
 * `inject('flaghoistPostgresUrl')` and make a database of their own on it.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgresServer();
  project.provide('flaghoistPostgresUrl', server.url);
  return () => server.stop();
}
