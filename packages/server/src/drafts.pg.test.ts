/** Evaluating a flag as an edit would leave it that nobody has made, over both databases. */
import type { EvaluationResource } from '@flaghoist/protocol/management';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { captureLog } from '../test-support/captured-log.ts';
import { dumpContent } from '../test-support/content-dump.ts';
import { DATABASE_KINDS, type DatabasePlace } from '../test-support/database-place.ts';
import { type Hands, handsOf, type RunningServerUnderTest, startOn } from '../test-support/running-server.ts';
import { startOver, stopCleanly } from '../test-support/started.ts';

const SHOP = '/projects/shop';
const PRODUCTION = `${SHOP}/environments/production`;

describe.each(DATABASE_KINDS)('a draft over the %s', (kind) => {
  let place: DatabasePlace;
  let server: RunningServerUnderTest;
  let admin: Hands;
  let viewer: Hands;

  beforeAll(async () => {
    ({ place, server, admin } = await startOver(kind));
    await admin.write('POST', '/projects', { key: 'shop', environments: ['production', 'staging'] });
    for (const key of ['checkout', 'login']) await admin.write('POST', `${SHOP}/flags`, { key, type: 'boolean' });
    await admin.write('POST', `${PRODUCTION}/segments`, { key: 'beta', included: ['ada'] });
    const token = { name: 'viewer', role: 'viewer', project: 'shop', environment: 'production' };
    viewer = handsOf(server.client, (await admin.write<{ secret: string }>('POST', '/tokens', token)).secret);
  });
  afterAll(() => stopCleanly({ place, server }));

  const evaluate = (draft: object | undefined, more: object = {}, hands = viewer): Promise<EvaluationResource> =>
    hands.write('POST', `${PRODUCTION}/evaluate`, {
      flag: 'checkout',
      context: { targetingKey: 'ada' },
      draft,
      ...more,
    });
  const refusal = async (draft: object, flag = 'checkout') => {
    const answer = await viewer.send('POST', `${PRODUCTION}/evaluate`, { flag, draft });
    const { code, errors = [] } = JSON.parse(answer.text) as {
      code: string;
      errors?: { path: string; code: string }[];
    };
    return [answer.status, code, ...errors.map((error) => `${error.path} ${error.code}`)];
  };

  it('answers as the edit would, and says why when it is asked', async () => {
    expect(await evaluate(undefined)).toMatchObject({ variant: 'off', reason: 'DISABLED' });
    expect(await evaluate({ enabled: true })).toMatchObject({ value: true, variant: 'on', reason: 'STATIC' });
    const rules = [{ id: 'testers', conditions: [{ segment: 'beta' }], serve: { variant: 'on' } }];
    const draft = { enabled: true, rules, default: { variant: 'off' } };
    const explained = await evaluate(draft, { explain: true });
    expect(explained).toMatchObject({ variant: 'on', reason: 'TARGETING_MATCH', rule: 'testers' });
    expect(explained.steps?.length).toBeGreaterThan(0);
    expect(await evaluate(draft, { context: { targetingKey: 'bob' } })).toMatchObject({ variant: 'off' });
  });

  it('stands on the newest configuration: what it does not name is as it is', async () => {
    await admin.write(
      'PATCH',
      `${PRODUCTION}/flags/login`,
      { enabled: true, default: { variant: 'off' } },
      { ifMatch: '*' },
    );
    expect(await evaluate({ targets: [] }, { flag: 'login' })).toMatchObject({ variant: 'off', reason: 'STATIC' });
    await admin.write('PATCH', `${PRODUCTION}/flags/login`, { default: { variant: 'on' } }, { ifMatch: '*' });
    expect(await evaluate({ targets: [] }, { flag: 'login' })).toMatchObject({ variant: 'on' });
  });

  it('may need other flags, which count as they are', async () => {
    const draft = { enabled: true, prerequisites: [{ flag: 'login', variants: ['on'] }] };
    await admin.write(
      'PATCH',
      `${PRODUCTION}/flags/login`,
      { enabled: true, default: { variant: 'on' } },
      { ifMatch: '*' },
    );
    expect(await evaluate(draft)).toMatchObject({ variant: 'on' });
    await admin.write('PATCH', `${PRODUCTION}/flags/login`, { enabled: false }, { ifMatch: '*' });
    expect(await evaluate(draft)).toMatchObject({ variant: 'off', reason: 'PREREQUISITE_FAILED' });
  });

  it('is refused for what the edit would be refused for, at its place in the request', async () => {
    const needs = (flag: string, variant = 'on') => ({ prerequisites: [{ flag, variants: [variant] }] });
    expect(await refusal({ default: { variant: 'maybe' } })).toEqual([
      400,
      'invalid_request',
      expect.stringContaining('$.draft.default.variant'),
    ]);
    expect(await refusal({ variants: { on: true } })).toEqual([
      400,
      'invalid_request',
      '$.draft.variants variant_missing',
    ]);
    expect(await refusal(needs('nothing'))).toEqual([
      400,
      'invalid_request',
      '$.draft.prerequisites[0].flag flag_unknown',
    ]);
    expect(await refusal(needs('login', 'x'))).toEqual([
      400,
      'invalid_request',
      '$.draft.prerequisites[0].variants[0] variant_unknown',
    ]);
    expect(await refusal({ enabled: true }, 'nothing')).toEqual([404, 'not_found']);
    await admin.write('PATCH', `${PRODUCTION}/flags/login`, needs('checkout'), { ifMatch: '*' });
    expect(await refusal(needs('login'))).toEqual([
      400,
      'invalid_request',
      '$.draft.prerequisites prerequisite_circle',
    ]);
  });

  it('is nothing that anybody else meets: it is written nowhere and kept nowhere', async () => {
    await server.stop();
    const dump = async () => {
      const database = await place.open(captureLog().logger);
      const dumped = await dumpContent(database.db);
      await database.close();
      return dumped;
    };
    const before = await dump();
    server = await startOn(place);
    viewer = handsOf(server.client, viewer.token);
    const same = await evaluate(undefined);
    await evaluate({ enabled: true });
    expect(await evaluate(undefined)).toEqual(same);
    await server.stop();
    expect(await dump()).toEqual(before);
  });
});
