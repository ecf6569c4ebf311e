/** Segments that name other segments, and rules that name segments: what may be said. */
import { LIMITS } from '@flaghoist/evaluator';
import type { SegmentResource } from '@flaghoist/protocol/management';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectStatus, firstProblem } from '../test-support/api-client.ts';
import { DATABASE_KINDS, type DatabasePlace } from '../test-support/database-place.ts';
import { makeProject } from '../test-support/project-in-use.ts';
import type { Hands, RunningServerUnderTest } from '../test-support/running-server.ts';
import { startOver, stopCleanly } from '../test-support/started.ts';

const naming = (...segments: readonly string[]) => ({ conditions: segments.map((segment) => ({ segment })) });
const grouped = (segment: string) => ({ conditions: [{ group: 'none', conditions: [{ segment }] }] });
const ruleOn = (segment: string) => ({
  rules: [{ id: 'r', conditions: [{ segment }], serve: { variant: 'on' } }],
});

describe.each(DATABASE_KINDS)('references to segments over the %s', (kind) => {
  let place: DatabasePlace;
  let server: RunningServerUnderTest;
  let admin: Hands;

  beforeAll(async () => {
    ({ place, server, admin } = await startOver(kind));
  });
  afterAll(() => stopCleanly({ place, server }));

  const segmentsOf = (project: string) => `${project}/environments/production/segments`;
  const edit = (project: string, segment: string, set: object) =>
    admin.send('PATCH', `${segmentsOf(project)}/${segment}`, set, { ifMatch: '*' });
  const create = (project: string, key: string, set: object = {}) =>
    admin.send('POST', segmentsOf(project), { key, ...set });
  const read = (project: string, segment: string) => admin.get<SegmentResource>(`${segmentsOf(project)}/${segment}`);

  it('cannot lead back, and the refusal names the whole circle', async () => {
    const project = await makeProject(admin, { segments: ['a', 'b', 'c'] });
    expectStatus(await edit(project, 'a', naming('b')), 200);
    expectStatus(await edit(project, 'b', grouped('c')), 200);
    const [path, code, message] = firstProblem(await edit(project, 'c', grouped('a')));
    expect([path, code]).toEqual(['$.conditions', 'segment_circle']);
    expect(message).toContain('c names a names b names c');
    expect((await read(project, 'c')).conditions).toEqual([]);
    expect(firstProblem(await edit(project, 'a', naming('a')))[2]).toContain('a names a');
    expectStatus(await edit(project, 'b', { conditions: [], included: ['ann'] }), 200);
    expectStatus(await edit(project, 'c', naming('a')), 200);
  });

  it('may name a segment that is made later, which then cannot lead back', async () => {
    const project = await makeProject(admin, { segments: ['a'] });
    expectStatus(await edit(project, 'a', naming('later')), 200);
    expect(firstProblem(await create(project, 'later', naming('a'))).slice(0, 2)).toEqual([
      '$.conditions',
      'segment_circle',
    ]);
    expect(firstProblem(await create(project, 'self', naming('self')))[1]).toBe('segment_circle');
    expectStatus(await create(project, 'later', { included: ['ann'] }), 201);
  });

  it('cannot make a chain longer than evaluations follow, from whichever end it grows', async () => {
    const chain = Array.from({ length: LIMITS.segmentDepth + 1 }, (_, index) => `s${index}`);
    const [first = '', second = ''] = chain;
    const project = await makeProject(admin, {});
    for (const [index, key] of chain.slice(1).entries())
      expectStatus(await create(project, key, index + 2 < chain.length ? naming(chain[index + 2] ?? '') : {}), 201);
    const [path, code, message] = firstProblem(await create(project, first, naming(second)));
    expect([path, code]).toEqual(['$.conditions', 'segment_depth']);
    expect(message).toContain(chain.join(' names '));
    expectStatus(await edit(project, second, { conditions: [] }), 200);
    expectStatus(await create(project, first, naming(second)), 201);
    expect(firstProblem(await edit(project, second, naming(chain[2] ?? '')))[1]).toBe('segment_depth');
  });

  it('of several edits are judged together', async () => {
    const project = await makeProject(admin, { segments: ['a', 'b'] });
    const of = (segment: string, ifMatch: number, set: object) => ({
      environment: 'production',
      segment,
      ifMatch,
      set,
    });
    const circle = [of('a', 2, naming('b')), of('b', 3, naming('a'))];
    const refused = await admin.send('POST', `${project}/changes`, { edits: circle });
    expect(firstProblem(refused).slice(0, 2)).toEqual(['$.edits[0].set.conditions', 'segment_circle']);
    expect((await read(project, 'a')).conditions).toEqual([]);
    await admin.write('POST', `${project}/changes`, { edits: circle.slice(0, 1) });
    const swapped = [of('a', 4, { conditions: [] }), of('b', 3, naming('a'))];
    await admin.write('POST', `${project}/changes`, { edits: swapped });
    expect(await read(project, 'b')).toMatchObject(naming('a'));
  });

  it('cannot be set in two requests at once to a circle', async () => {
    const project = await makeProject(admin, { segments: ['a', 'b'] });
    const answers = await Promise.all([edit(project, 'a', naming('b')), edit(project, 'b', naming('a'))]);
    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 400]);
  });

  it('cannot name an archived segment: its key is never used again', async () => {
    const project = await makeProject(admin, { flags: ['checkout'], segments: ['gone', 'staff'] });
    await admin.write('POST', `${segmentsOf(project)}/gone/archive`, undefined, { ifMatch: '*' });
    const flag = `${project}/environments/production/flags/checkout`;
    const [path, code, message] = firstProblem(await admin.send('PATCH', flag, ruleOn('gone'), { ifMatch: '*' }));
    expect([path, code]).toEqual(['$.rules[0].conditions[0].segment', 'segment_archived']);
    expect(message).toContain('Segment gone was archived');
    expect(firstProblem(await edit(project, 'staff', grouped('gone')))[0]).toBe(
      '$.conditions[0].conditions[0].segment',
    );
    expect(firstProblem(await create(project, 'new', naming('staff', 'gone')))[0]).toBe('$.conditions[1].segment');
    const draft = { flag: 'checkout', context: {}, draft: ruleOn('gone') };
    const drafted = await admin.send('POST', `${project}/environments/production/evaluate`, draft);
    expect(firstProblem(drafted)[0]).toBe('$.draft.rules[0].conditions[0].segment');
    expectStatus(await admin.send('PATCH', flag, ruleOn('staff'), { ifMatch: '*' }), 200);
    expectStatus(await admin.send('PATCH', flag, ruleOn('never-made'), { ifMatch: '*' }), 200);
  });
});
