/** A project of a test's own, and its history. */
import type { ChangeResource } from '@flaghoist/protocol/management';
import type { Hands } from './running-server.ts';

let made = 0;

export interface ProjectContent {
  /** Absent: `production`. */
  readonly environments?: readonly string[];
  /** Boolean flags, made one after the other: the first takes revision 2 of every environment. */
  readonly flags?: readonly string[];
  /** Of `production`, empty, made after the flags. */
  readonly segments?: readonly string[];
}

/** Answers the project's path below `/api/v1`. */
export async function makeProject(hands: Hands, content: ProjectContent = {}): Promise<string> {
  const { environments = ['production'], flags = [], segments = [] } = content;
  made += 1;
  const path = `/projects/project-${made}`;
  await hands.write('POST', '/projects', { key: `project-${made}`, environments });
  for (const key of flags) await hands.write('POST', `${path}/flags`, { key, type: 'boolean' });
  for (const key of segments) await hands.write('POST', `${path}/environments/production/segments`, { key });
  return path;
}

/** All pages of a list. */
export async function listAll<Item>(hands: Hands, path: string, limit = 100): Promise<readonly Item[]> {
  const found: Item[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query: string = `limit=${limit}${cursor === '' ? '' : `&cursor=${cursor}`}`;
    const page: { items: readonly Item[]; next: string | null } = await hands.get(
      `${path}${path.includes('?') ? '&' : '?'}${query}`,
    );
    found.push(...page.items);
    cursor = page.next;
  }
  return found;
}

/** Changes of a project, newest first. */
export function historyOf(hands: Hands, project: string): Promise<readonly ChangeResource[]> {
  return listAll(hands, `${project}/changes`);
}

export interface ShownEntry {
  readonly number: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly previous: string;
  readonly hash: string;
}

/** Audit entries of an environment, newest first. */
export function auditOf(hands: Hands, environment: string): Promise<readonly ShownEntry[]> {
  return listAll(hands, `${environment}/audit`);
}
