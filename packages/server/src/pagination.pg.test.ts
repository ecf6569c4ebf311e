/** A list read page by page: what was there throughout is shown exactly once, whatever is added meanwhile. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DATABASE_KINDS, type DatabasePlace } from '../test-support/database-place.ts';
import { makeProject } from '../test-support/project-in-use.ts';
import type { Hands, RunningServerUnderTest } from '../test-support/running-server.ts';
import { startOver, stopCleanly } from '../test-support/started.ts';

interface Page {
  readonly items: readonly Readonly<Record<string, unknown>>[];
  readonly next: string | null;
}

const AT_FIRST = 14;
const LIMIT = 4;

describe.each(DATABASE_KINDS)('a list over the %s', (kind) => {
  let place: DatabasePlace;
  let server: RunningServerUnderTest;
  let admin: Hands;

  beforeAll(async () => {
    ({ place, server, admin } = await startOver(kind));
  });
  afterAll(() => stopCleanly({ place, server }));

  // Keys in an order that capitals, digits and punctuation of a language would change.
  const keyAt = (i: number): string => `${'zAb0Z'[i % 5]}${['.', '-', '_', ''][i % 4]}${i}`;
  const lists: readonly (readonly [
    list: string,
    member: string,
    add: (project: string, i: number) => Promise<unknown>,
  ])[] = [
    ['/tokens', 'id', (_, i) => admin.write('POST', '/tokens', { name: `t${i}`, role: 'viewer' })],
    ['/projects', 'key', (project, i) => admin.write('POST', '/projects', { key: `${keyAt(i)}.${project.slice(-1)}` })],
    [
      '{project}/environments',
      'key',
      (project, i) => admin.write('POST', `${project}/environments`, { key: keyAt(i) }),
    ],
    [
      '{project}/flags',
      'key',
      (project, i) => admin.write('POST', `${project}/flags`, { key: keyAt(i), type: 'boolean' }),
    ],
    [
      '{project}/flags?tag=even',
      'key',
      (project, i) =>
        admin.write('POST', `${project}/flags`, {
          key: keyAt(i),
          type: 'boolean',
          tags: [i % 2 === 0 ? 'even' : 'odd'],
        }),
    ],
    [
      '{project}/keys',
      'id',
      (project) => admin.write('POST', `${project}/keys`, { kind: 'server', environments: ['production'] }),
    ],
    [
      '{project}/environments/production/segments',
      'key',
      (project, i) => admin.write('POST', `${project}/environments/production/segments`, { key: keyAt(i) }),
    ],
    [
      '{project}/changes',
      'id',
      (project, i) => admin.write('POST', `${project}/flags`, { key: keyAt(i), type: 'boolean' }),
    ],
    [
      '{project}/changes?environment=production',
      'id',
      (project, i) => admin.write('POST', `${project}/flags`, { key: keyAt(i), type: 'boolean' }),
    ],
    [
      '{project}/environments/production/audit',
      'number',
      (project, i) => admin.write('POST', `${project}/flags`, { key: keyAt(i), type: 'boolean' }),
    ],
  ];

  it.each(lists)('of %s is walked without gaps and repetitions', async (template, member, add) => {
    const project = await makeProject(admin);
    const path = template.replace('{project}', project);
    const pageAt = (query: string): Promise<Page> => admin.get(`${path}${path.includes('?') ? '&' : '?'}${query}`);
    for (let i = 0; i < AT_FIRST; i++) await add(project, i);
    const atFirst = (await pageAt('limit=500')).items.map((item) => item[member]);
    expect(atFirst.length).toBeGreaterThanOrEqual(AT_FIRST / 2);

    const walked: unknown[] = [];
    let pages = 0;
    for (let cursor: string | null = ''; cursor !== null; pages += 1) {
      const page = await pageAt(cursor === '' ? `limit=${LIMIT}` : `limit=${LIMIT}&cursor=${cursor}`);
      if (page.next !== null) expect(page.items).toHaveLength(LIMIT);
      walked.push(...page.items.map((item) => item[member]));
      cursor = page.next;
      if (pages < 5) await add(project, AT_FIRST + pages);
    }
    expect(new Set(walked).size).toBe(walked.length);
    expect(walked.filter((one) => atFirst.includes(one))).toEqual(atFirst);
    const atLast = (await pageAt('limit=500')).items.map((item) => item[member]);
    expect(walked.every((one) => atLast.includes(one))).toBe(true);
    expect(pages).toBeGreaterThan(1);
  });

  it('of the exact length of a page ends with it', async () => {
    const project = await makeProject(admin, { flags: ['a', 'b', 'c', 'd'] });
    const page = await admin.get<Page>(`${project}/flags?limit=4`);
    expect([page.items.length, page.next]).toEqual([4, null]);
    expect(await admin.get(`${project}/environments/production/segments?limit=1`)).toEqual({ items: [], next: null });
  });
});
