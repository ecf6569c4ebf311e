/** Conditions that need more than the context: regular expressions, the clock, random numbers. */
import type { ProblemDocument } from '@flaghoist/protocol/management';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectStatus } from '../test-support/api-client.ts';
import { DATABASE_KINDS, type DatabasePlace } from '../test-support/database-place.ts';
import { makeProject } from '../test-support/project-in-use.ts';
import type { Hands, RunningServerUnderTest } from '../test-support/running-server.ts';
import { startOver, stopCleanly } from '../test-support/started.ts';

const onFor = (condition: object) => ({
  enabled: true,
  rules: [{ id: 'audience', conditions: [condition], serve: { variant: 'on' } }],
  default: { variant: 'off' },
});
const matching = (pattern: string) => ({ attribute: 'mail', operator: 'matches', values: [pattern] });

describe.each(DATABASE_KINDS)('regular expressions over the %s', (kind) => {
  let place: DatabasePlace;
  let server: RunningServerUnderTest;
  let admin: Hands;
  let project: string;

  beforeAll(async () => {
    ({ place, server, admin } = await startOver(kind));
    project = await makeProject(admin, { flags: ['checkout'] });
  });
  afterAll(() => stopCleanly({ place, server }));

  const configure = (set: object) =>
    admin.send('PATCH', `${project}/environments/production/flags/checkout`, set, { ifMatch: '*' });
  const evaluate = async (context: object) => {
    const flag = { flag: 'checkout', context };
    return JSON.parse((await admin.send('POST', `${project}/environments/production/evaluate`, flag)).text) as object;
  };

  it('decide at the newest revision', async () => {
    expectStatus(await configure(onFor(matching('@example\\.com$'))), 200);
    expect(await evaluate({ mail: 'ann@example.com' })).toMatchObject({ value: true, rule: 'audience' });
    expect(await evaluate({ mail: 'ann@example.org' })).toMatchObject({ value: false, reason: 'DEFAULT' });
  });

  it.each([
    ['look-around', 'a(?=b)', 'Look-around'],
    ['a back-reference', '(a)\\1', 'back-reference'],
    ['a program that is too large', '.{1000}', 'too large'],
    ['no regular expression', '(', 'missing closing )'],
  ])('are refused when they are saved: %s', async (_, pattern, told) => {
    const before = await evaluate({ mail: 'ann@example.com' });
    const { errors = [] } = expectStatus<ProblemDocument>(await configure(onFor(matching(pattern))), 400);
    expect(errors[0]?.path).toBe('$.rules[0].conditions[0].values[0]');
    expect(errors[0]?.message).toContain(told);
    expect(await evaluate({ mail: 'ann@example.com' })).toEqual(before);
    const segment = { key: 'audience', conditions: [matching(pattern)] };
    const refused = await admin.send('POST', `${project}/environments/production/segments`, segment);
    expect(expectStatus<ProblemDocument>(refused, 400).errors?.[0]?.message).toContain(told);
  });

  it.each([
    ['large', Array.from({ length: 4 }, (_, i) => `a.{200}${i}`), 3, 'make programs of size'],
    ['slow to compile', ['[\\x{100}-\\x{10ffff}]'.repeat(8), '\\pL'.repeat(8), '[Ͱ-Ͽ]'], 2, '17 Unicode classes'],
  ])('are refused when all of them together are too %s, at the one that is too much', async (_, values, at, told) => {
    const condition = { attribute: 'mail', operator: 'matches', values, ignoreCase: true };
    const { errors = [] } = expectStatus<ProblemDocument>(await configure(onFor(condition)), 400);
    expect(errors[0]).toMatchObject({
      path: `$.rules[0].conditions[0].values[${at}]`,
      code: 'patterns_too_slow',
      message: expect.stringContaining(told),
    });
    expect(errors[0]?.message).toContain('move some into segments');
    const nested = { key: 'audience', conditions: [{ group: 'any', conditions: [condition] }] };
    const refused = await admin.send('POST', `${project}/environments/production/segments`, nested);
    expect(expectStatus<ProblemDocument>(refused, 400).errors?.[0]).toMatchObject({
      path: `$.conditions[0].conditions[0].values[${at}]`,
      code: 'patterns_too_slow',
    });
    const draft = { flag: 'checkout', context: {}, draft: onFor(condition) };
    const drafted = await admin.send('POST', `${project}/environments/production/evaluate`, draft);
    expect(expectStatus<ProblemDocument>(drafted, 400).errors?.[0]?.path).toContain('$.draft.rules[0]');
  });

  it('may be as many as a flag holds when they are of an ordinary size, and are published', async () => {
    const values = Array.from({ length: 32 }, (_, i) => `@team-${i}\\.example\\.com$`);
    expectStatus(await configure(onFor({ attribute: 'mail', operator: 'matches', values, ignoreCase: true })), 200);
    expect(await evaluate({ mail: 'ann@TEAM-31.example.com' })).toMatchObject({ value: true });
  });

  it('stand beside conditions on the clock and on chance', async () => {
    expectStatus(await configure(onFor({ attribute: '$now', operator: 'after', values: [0] })), 200);
    expect(await evaluate({ $now: -1 })).toMatchObject({ value: true });
    expectStatus(await configure(onFor({ attribute: '$random', operator: 'exists', values: [] })), 200);
    expect(await evaluate({})).toMatchObject({ value: true });
  });
});
