/** Segments as a list shows them, who refers to them, and large ones, over both databases. */
import type { Segment } from '@flaghoist/evaluator';
import type { SegmentResource, SegmentSummary, Usage } from '@flaghoist/protocol/management';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DATABASE_KINDS, type DatabasePlace } from '../test-support/database-place.ts';
import { listAll } from '../test-support/project-in-use.ts';
import { type Hands, handsOf, type RunningServerUnderTest } from '../test-support/running-server.ts';
import { startOver, stopCleanly } from '../test-support/started.ts';

const SHOP = '/projects/shop';
const PRODUCTION = `${SHOP}/environments/production`;
const SEGMENTS = `${PRODUCTION}/segments`;

describe.each(DATABASE_KINDS)('the segments of an environment over the %s', (kind) => {
  let place: DatabasePlace;
  let server: RunningServerUnderTest;
  let admin: Hands;

  beforeAll(async () => {
    ({ place, server, admin } = await startOver(kind));
    await admin.write('POST', '/projects', { key: 'shop', environments: ['production', 'staging'] });
  });
  afterAll(() => stopCleanly({ place, server }));

  const make = (segment: Partial<Segment>, environment = 'production') =>
    admin.write<SegmentResource>('POST', `${SHOP}/environments/${environment}/segments`, segment);
  const inSegment = (segment: string) => ({ segment });
  const list = async (query: string): Promise<readonly SegmentSummary[]> =>
    (await admin.get<{ items: readonly SegmentSummary[] }>(`${SEGMENTS}?${query}`)).items;

  it('are listed with how much is in them, and when they were last changed', async () => {
    const conditions = [{ attribute: 'plan', operator: 'in' as const, values: ['pro'] }];
    const { revision } = await make({ key: 'beta', included: ['ada', 'bob'], excluded: ['eve'], conditions });
    const [before] = await list('');
    expect(before).toEqual({
      key: 'beta',
      included: 2,
      excluded: 1,
      conditions: 1,
      revision,
      changedAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    await admin.write('PATCH', `${SEGMENTS}/beta`, { included: ['ada'], excluded: [] }, { ifMatch: `"${revision}"` });
    const [after] = await list('');
    expect(after).toMatchObject({ included: 1, excluded: 0, conditions: 1, revision: revision + 1 });
    expect((after?.changedAt ?? '') > (before?.changedAt ?? '')).toBe(true);
  });

  it('are found by parts of their key, whatever the case, page by page', async () => {
    for (const key of ['Staff', 'staff-2', 'former.staff', 'team']) await make({ key });
    await make({ key: 'staff-elsewhere' }, 'staging');
    expect((await list('q=STAFF')).map(({ key }) => key)).toEqual(['Staff', 'former.staff', 'staff-2']);
    expect((await list('q=staff%20form')).map(({ key }) => key)).toEqual(['former.staff']);
    expect(await list('q=%25')).toEqual([]);
    const walked = await listAll<SegmentSummary>(admin, `${SEGMENTS}?q=staff`, 1);
    expect(walked.map(({ key }) => key)).toEqual(['Staff', 'former.staff', 'staff-2']);
    await admin.write('POST', `${SEGMENTS}/staff-2/archive`, undefined, { ifMatch: '*' });
    expect((await list('q=staff')).map(({ key }) => key)).toEqual(['Staff', 'former.staff']);
  });

  it('tell what refers to them in their environment: only by a condition, not by a text that looks like one', async () => {
    await make({ key: 'used' });
    await make({ key: 'used-too', conditions: [{ group: 'any', conditions: [inSegment('used')] }] });
    await make({ key: 'unused', conditions: [{ attribute: 'a', operator: 'in', values: ['"segment":"used"'] }] });
    const rules = (segment: string) => ({
      rules: [{ id: 'r', conditions: [inSegment(segment)], serve: { variant: 'on' } }],
    });
    for (const key of ['b', 'a', 'c', 'elsewhere', 'archived'])
      await admin.write('POST', `${SHOP}/flags`, { key, type: 'boolean' });
    await admin.write('POST', `${SHOP}/flags`, { key: 'looks', type: 'object', variants: { on: { segment: 'used' } } });
    const configure = (environment: string, flag: string, set: object) =>
      admin.write('PATCH', `${SHOP}/environments/${environment}/flags/${flag}`, set, { ifMatch: '*' });
    for (const key of ['b', 'a', 'archived']) await configure('production', key, rules('used'));
    await configure('production', 'c', rules('used-too'));
    await make({ key: 'used' }, 'staging');
    await configure('staging', 'elsewhere', rules('used'));
    await admin.write('POST', `${SHOP}/flags/archived/archive`, undefined, { ifMatch: '*' });
    expect(await admin.get<Usage>(`${SEGMENTS}/used/usage`)).toEqual({ flags: ['a', 'b'], segments: ['used-too'] });
    expect(await admin.get<Usage>(`${SEGMENTS}/unused/usage`)).toEqual({ flags: [], segments: [] });
    const refused = await admin.send('POST', `${SEGMENTS}/used/archive`, undefined, { ifMatch: '*' });
    expect(refused.text).toContain('flag a, flag b, segment used-too');
    await admin.get(`${SEGMENTS}/nothing/usage`, 404);
  });

  it('are not shown to a token of another environment', async () => {
    const token = { name: 'staging', role: 'viewer', project: 'shop', environment: 'staging' };
    const { secret } = await admin.write<{ secret: string }>('POST', '/tokens', token);
    const inStaging = handsOf(server.client, secret);
    for (const path of ['', '?q=beta', '/beta', '/beta/usage']) await inStaging.get(`${SEGMENTS}${path}`, 404);
    await inStaging.get(`${SHOP}/environments/staging/segments`);
  });

  it.each([10_000, 100_000])('of %i keys are made, changed, listed and read', async (count) => {
    const included = Array.from({ length: count }, (_, i) => `user-${i}-${'0123456789abcdef'.repeat(1)}`);
    const key = `large-${count}`;
    const made = await make({ key, included });
    expect(made.included).toHaveLength(count);
    const [summary] = await list(`q=${key}`);
    expect(summary).toMatchObject({ key, included: count });
    await admin.write(
      'PATCH',
      `${SEGMENTS}/${key}`,
      { included: included.slice(1) },
      { ifMatch: `"${made.revision}"` },
    );
    const read = await admin.get<SegmentResource>(`${SEGMENTS}/${key}`);
    expect(read.included).toEqual(included.slice(1));
  });
});
