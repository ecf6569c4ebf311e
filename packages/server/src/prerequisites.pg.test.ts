/** Flags that need other flags: what may be said, and what is kept true while flags change and go. */
import { LIMITS } from '@flaghoist/evaluator';
import type { FlagConfigurationResource, ProblemDocument } from '@flaghoist/protocol/management';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectStatus, firstProblem } from '../test-support/api-client.ts';
import { DATABASE_KINDS, type DatabasePlace } from '../test-support/database-place.ts';
import { makeProject } from '../test-support/project-in-use.ts';
import type { Hands, RunningServerUnderTest } from '../test-support/running-server.ts';
import { startOver, stopCleanly } from '../test-support/started.ts';

const needs = (...flags: readonly string[]) => ({
  prerequisites: flags.map((flag) => ({ flag, variants: ['on'] })),
});

describe.each(DATABASE_KINDS)('prerequisites over the %s', (kind) => {
  let place: DatabasePlace;
  let server: RunningServerUnderTest;
  let admin: Hands;

  beforeAll(async () => {
    ({ place, server, admin } = await startOver(kind));
  });
  afterAll(() => stopCleanly({ place, server }));

  const configure = (project: string, flag: string, set: object, environment = 'production') =>
    admin.send('PATCH', `${project}/environments/${environment}/flags/${flag}`, set, { ifMatch: '*' });
  const read = (project: string, flag: string, environment = 'production') =>
    admin.get<FlagConfigurationResource>(`${project}/environments/${environment}/flags/${flag}`);
  const evaluate = (project: string, flag: string) =>
    admin.send('POST', `${project}/environments/production/evaluate`, { flag, context: { targetingKey: 'ada' } });

  it('are kept, shown, obeyed, and taken away again', async () => {
    const project = await makeProject(admin, { flags: ['login', 'checkout'] });
    const set = expectStatus<FlagConfigurationResource>(
      await configure(project, 'checkout', { enabled: true, ...needs('login') }),
      200,
    );
    expect(set).toMatchObject(needs('login'));
    expect(await read(project, 'checkout')).toMatchObject(needs('login'));
    expect(JSON.parse((await evaluate(project, 'checkout')).text)).toMatchObject({
      value: false,
      reason: 'PREREQUISITE_FAILED',
    });
    expectStatus(await configure(project, 'login', { enabled: true }), 200);
    expect(JSON.parse((await evaluate(project, 'checkout')).text)).toMatchObject({ value: true, reason: 'DEFAULT' });
    expectStatus(await configure(project, 'checkout', { prerequisites: [] }), 200);
    expect((await read(project, 'checkout')).prerequisites).toEqual([]);
    expect(JSON.parse((await evaluate(project, 'checkout')).text)).toMatchObject({ reason: 'STATIC' });
  });

  it('are explained step by step, when somebody asks', async () => {
    const project = await makeProject(admin, { flags: ['login', 'checkout'] });
    expectStatus(await configure(project, 'checkout', { enabled: true, ...needs('login') }), 200);
    const path = `${project}/environments/production/evaluate`;
    const plain = expectStatus<object>(await admin.send('POST', path, { flag: 'checkout' }), 200);
    expect(plain).not.toHaveProperty('steps');
    const explained = expectStatus<{ steps: readonly object[] }>(
      await admin.send('POST', path, { flag: 'checkout', context: { targetingKey: 'ada' }, explain: true }),
      200,
    );
    const { steps, ...evaluation } = explained;
    expect(evaluation).toEqual(plain);
    expect(steps).toEqual([
      { step: 'flag', flag: 'checkout', found: true, enabled: true },
      {
        step: 'prerequisite',
        path: '$.prerequisites[0]',
        flag: 'login',
        variants: ['on'],
        served: 'off',
        held: false,
        leadsBack: false,
        steps: [{ step: 'flag', flag: 'login', found: true, enabled: false }],
      },
    ]);
  });

  it('stay when other members are edited', async () => {
    const project = await makeProject(admin, { flags: ['login', 'checkout'] });
    expectStatus(await configure(project, 'checkout', needs('login')), 200);
    expectStatus(await configure(project, 'checkout', { enabled: true }), 200);
    expect(await read(project, 'checkout')).toMatchObject({ enabled: true, ...needs('login') });
  });

  it('do not come along into an environment that is made later', async () => {
    const project = await makeProject(admin, { flags: ['login', 'checkout'] });
    expectStatus(await configure(project, 'checkout', needs('login')), 200);
    await admin.write('POST', `${project}/environments`, { key: 'staging' });
    expect((await read(project, 'checkout', 'staging')).prerequisites).toEqual([]);
  });

  it.each([
    ['a flag that is not there', needs('nothing'), '$.prerequisites[0].flag', 'flag_unknown'],
    [
      'a variant that the flag does not have',
      { prerequisites: [{ flag: 'login', variants: ['on', 'blue'] }] },
      '$.prerequisites[0].variants[1]',
      'variant_unknown',
    ],
    ['themselves', needs('checkout'), '$.prerequisites[0].flag', 'own_prerequisite'],
    ['a flag twice', needs('login', 'login'), '$.prerequisites[1].flag', 'duplicate_prerequisite'],
    ['no variant', { prerequisites: [{ flag: 'login', variants: [] }] }, '$.prerequisites[0].variants', 'too_few'],
  ])('cannot name %s', async (_, set, path, code) => {
    const project = await makeProject(admin, { flags: ['login', 'checkout'] });
    const before = await read(project, 'checkout');
    expect(firstProblem(await configure(project, 'checkout', set)).slice(0, 2)).toEqual([path, code]);
    expect(await read(project, 'checkout')).toEqual(before);
  });

  it('cannot lead back, and the refusal names the whole circle', async () => {
    const project = await makeProject(admin, { flags: ['a', 'b', 'c'] });
    expectStatus(await configure(project, 'a', needs('b')), 200);
    expectStatus(await configure(project, 'b', needs('c')), 200);
    const [path, code, message] = firstProblem(await configure(project, 'c', needs('a')));
    expect([path, code]).toEqual(['$.prerequisites', 'prerequisite_circle']);
    expect(message).toContain('c needs a needs b needs c');
  });

  it('cannot make a chain longer than evaluations follow, from whichever end it grows', async () => {
    const flags = Array.from({ length: LIMITS.prerequisiteDepth + 1 }, (_, index) => `f${index}`);
    const [first = '', second = '', third = ''] = flags;
    const project = await makeProject(admin, { flags });
    for (const [index, flag] of flags.slice(1, -1).entries())
      expectStatus(await configure(project, flag, needs(flags[index + 2] ?? '')), 200);
    const [path, code, message] = firstProblem(await configure(project, first, needs(second)));
    expect([path, code]).toEqual(['$.prerequisites', 'prerequisite_depth']);
    expect(message).toContain(flags.join(' needs '));
    expectStatus(await configure(project, second, { prerequisites: [] }), 200);
    expectStatus(await configure(project, first, needs(second)), 200);
    expect(firstProblem(await configure(project, second, needs(third)))[2]).toContain(flags.join(' needs '));
  });

  it('of several edits are judged together, in each environment', async () => {
    const project = await makeProject(admin, { environments: ['production', 'staging'], flags: ['a', 'b'] });
    const edit = (environment: string, flag: string, set: object) => ({
      environment,
      flag,
      ifMatch: flag === 'a' ? 2 : 3,
      set,
    });
    const turned = [edit('production', 'a', needs('b')), edit('staging', 'a', needs('b'))];
    const circle = [...turned, edit('staging', 'b', needs('a'))];
    const refused = await admin.send('POST', `${project}/changes`, { edits: circle });
    expect(firstProblem(refused).slice(0, 2)).toEqual(['$.edits[1].set.prerequisites', 'prerequisite_circle']);
    expect((await read(project, 'a')).prerequisites).toEqual([]);
    await admin.write('POST', `${project}/changes`, { edits: turned });
    expect(await read(project, 'a', 'staging')).toMatchObject(needs('b'));
    const swapped = [{ ...edit('staging', 'a', { prerequisites: [] }), ifMatch: 4 }, edit('staging', 'b', needs('a'))];
    await admin.write('POST', `${project}/changes`, { edits: swapped });
    expect(await read(project, 'b', 'staging')).toMatchObject(needs('a'));
  });

  it('keep a flag from being archived, in whichever environment it is needed', async () => {
    const project = await makeProject(admin, { environments: ['production', 'staging'], flags: ['login', 'checkout'] });
    expectStatus(await configure(project, 'checkout', needs('login'), 'staging'), 200);
    const refused = await admin.send('POST', `${project}/flags/login/archive`, undefined, { ifMatch: '*' });
    const problem = expectStatus<ProblemDocument>(refused, 409);
    expect(problem.code).toBe('flag_in_use');
    expect(problem.detail).toContain('flag checkout in staging');
    expectStatus(await configure(project, 'checkout', { prerequisites: [] }, 'staging'), 200);
    await admin.write('POST', `${project}/flags/login/archive`, undefined, { ifMatch: '*' });
    expect(firstProblem(await configure(project, 'checkout', needs('login')))[1]).toBe('flag_unknown');
  });

  it('cannot be set in two requests at once to a circle', async () => {
    const project = await makeProject(admin, { flags: ['a', 'b'] });
    const answers = await Promise.all([configure(project, 'a', needs('b')), configure(project, 'b', needs('a'))]);
    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 400]);
  });
});
