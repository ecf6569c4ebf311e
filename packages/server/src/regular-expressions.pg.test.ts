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

  it('stand beside conditions on the clock and on chance', async () => {
    expectStatus(await configure(onFor({ attribute: '$now', operator: 'after', values: [0] })), 200);
    expect(await evaluate({ $now: -1 })).toMatchObject({ value: true });
    expectStatus(await configure(onFor({ attribute: '$random', operator: 'exists', values: [] })), 200);
    expect(await evaluate({})).toMatchObject({ value: true });
  });
});
