import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ManagementServer, page, startManagementServer } from '../../test-support/management-server.ts';
import { at, shop, production, flag, staff, staffSummary, key, token, change } from '../../test-support/resources.ts';
import { type Run, runCommand, signedIn } from '../../test-support/run-command.ts';

let server: ManagementServer;

beforeEach(async () => {
  server = await startManagementServer();
});
afterEach(() => server.close());

const run = (line: string, ...more: readonly string[]): Promise<Run> =>
  runCommand([...line.split(' '), ...more], signedIn(server.url));
const last = () => {
  const request = server.requests.at(-1);
  return {
    asked: `${request?.method} ${request?.path}`,
    query: Object.fromEntries(request?.query ?? []),
    body: request?.body,
  };
};

describe('a list command', () => {
  it.each([
    ['projects list', 'GET /projects', {}, shop],
    ['environments list -p shop', 'GET /projects/shop/environments', {}, production],
    ['flags list -p shop', 'GET /projects/shop/flags', {}, flag],
    [
      'flags list -p shop --tag web --archived',
      'GET /projects/shop/flags',
      { tag: 'web', lifecycle: 'archived' },
      flag,
    ],
    [
      'flags list -p shop --search pay --owner ann --type string --sort changed',
      'GET /projects/shop/flags',
      { q: 'pay', owner: 'ann', type: 'string', sort: 'changed', order: 'desc' },
      flag,
    ],
    [
      'flags list -p shop -e production --state off --sort name',
      'GET /projects/shop/flags',
      { environment: 'production', state: 'off', sort: 'name' },
      flag,
    ],
    ['segments list -p shop -e production', 'GET /projects/shop/environments/production/segments', {}, staffSummary],
    [
      'segments list -p shop -e production --search sta',
      'GET /projects/shop/environments/production/segments',
      { q: 'sta' },
      staffSummary,
    ],
    ['keys list -p shop', 'GET /projects/shop/keys', {}, key],
    ['keys list -p shop -e production', 'GET /projects/shop/keys', { environment: 'production' }, key],
    ['tokens list', 'GET /tokens', {}, token],
    ['changes list -p shop', 'GET /projects/shop/changes', {}, change],
    ['changes list -p shop -e production', 'GET /projects/shop/changes', { environment: 'production' }, change],
  ])('%s follows all pages and prints an array with JSON output', async (line, route, query, item) => {
    server.answer(route, page([item], 'next'), page([item]));
    const { code, out, err } = await run(line, '--output', 'json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toEqual([item, item]);
    expect(last()).toEqual({ asked: route, query: { ...query, limit: '500', cursor: 'next' }, body: undefined });
  });

  it('stops at --limit', async () => {
    server.answer('GET /projects/shop/changes', page([change, change], 'next'));
    const { out } = await run('changes list -p shop --limit 1 --output json');
    expect(JSON.parse(out)).toEqual([change]);
    expect(server.requests.map(({ query }) => query.get('limit'))).toEqual(['1']);
  });

  it.each([
    [
      'projects list',
      'GET /projects',
      shop,
      'KEY   NAME  CREATED                   ARCHIVED\nshop  Shop  2026-11-21T10:00:00.000Z\n',
    ],
    [
      'environments list -p shop',
      'GET /projects/shop/environments',
      production,
      'KEY         NAME        REVISION  CREATED                   ARCHIVED\nproduction  Production  1.43      2026-11-21T10:00:00.000Z\n',
    ],
    [
      'flags list -p shop',
      'GET /projects/shop/flags',
      flag,
      'KEY       TYPE     staging  production  OWNER  TAGS\ncheckout  boolean  on       off         pay    web\n',
    ],
    [
      'flags list -p shop -e production',
      'GET /projects/shop/flags',
      { ...flag, lifecycle: 'archived', environments: [] },
      'KEY                  TYPE     production  OWNER  TAGS\ncheckout (archived)  boolean  -           pay    web\n',
    ],
    [
      'segments list -p shop -e production',
      'GET /projects/shop/environments/production/segments',
      staffSummary,
      'KEY    INCLUDED  EXCLUDED  CONDITIONS  REVISION  CHANGED\nstaff  1         0         1           5         2026-11-21T10:00:00.000Z\n',
    ],
    [
      'keys list -p shop',
      'GET /projects/shop/keys',
      key,
      'ID  KIND    NAME  ENVIRONMENTS  ORIGINS              LIMIT    STATE  CREATED BY\nk1  client  web   production    https://example.org  default  valid  ann\n',
    ],
    [
      'tokens list',
      'GET /tokens',
      token,
      'ID  NAME  ROLE    PROJECT  ENVIRONMENT  STATE                         CREATED BY\nt1  ci    editor  all      all          expired 2029-01-01T00:00:00Z  ann\n',
    ],
    [
      'changes list -p shop',
      'GET /projects/shop/changes',
      change,
      'ID  AT                        REVISION         ACTION     WHAT           BY   REASON\nc1  2026-11-21T10:00:00.000Z  production 1.43  flag.edit  flag checkout  ann  launch\n',
    ],
  ])('%s prints an aligned table for people', async (line, route, item, expected) => {
    server.answer(route, page([item]));
    expect(await run(line)).toMatchObject({ code: 0, out: expected });
  });

  it.each([
    ['projects list', 'GET /projects'],
    ['environments list -p shop', 'GET /projects/shop/environments'],
    ['flags list -p shop', 'GET /projects/shop/flags'],
    ['segments list -p shop -e production', 'GET /projects/shop/environments/production/segments'],
    ['keys list -p shop', 'GET /projects/shop/keys'],
  ])('%s says how to make the first one when there is none', async (line, route) => {
    server.answer(route, page([]));
    expect((await run(line)).out).toContain('Make one: flaghoist ');
    expect((await run(line, '--output', 'json')).out).toBe('[]\n');
  });
});

describe('flags list', () => {
  it('says that nothing fits, rather than that there is nothing, when it was asked for some', async () => {
    server.answer('GET /projects/shop/flags', page([]));
    expect((await run('flags list -p shop')).out).toContain('No flags. Make one:');
    expect((await run('flags list -p shop --sort name')).out).toContain('No flags. Make one:');
    expect((await run('flags list -p shop --search nothing')).out).toBe('No flag fits.\n');
  });

  it('refuses a state without an environment, and asks nobody', async () => {
    const { code, err } = await run('flags list -p shop --state on');
    expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining('--state needs -e') });
    expect(server.requests).toEqual([]);
  });
});

describe('a get command', () => {
  it.each([
    ['projects get shop', 'GET /projects/shop', shop, 'name      Shop'],
    ['environments get production -p shop', 'GET /projects/shop/environments/production', production, 'revision  1.43'],
    [
      'flags get checkout -p shop',
      'GET /projects/shop/flags/checkout',
      flag,
      'staging      on     on      4         2026-11-21T10:00:00.000Z',
    ],
    [
      'segments get staff -p shop -e production',
      'GET /projects/shop/environments/production/segments/staff',
      staff,
      'mail not endsWith "@example.org"',
    ],
  ])('%s', async (line, route, resource, shown) => {
    server.answer(route, { body: resource });
    expect(JSON.parse((await run(line, '--output', 'json')).out)).toEqual(resource);
    expect((await run(line)).out).toContain(shown);
    expect(last()).toMatchObject({ asked: route });
  });

  it('flags get with -e shows the configuration in words', async () => {
    const route = 'GET /projects/shop/environments/production/flags/checkout';
    const configuration = {
      project: 'shop',
      environment: 'production',
      key: 'checkout',
      type: 'boolean',
      enabled: true,
      variants: { on: true, off: false },
      offVariant: null,
      clientVisible: true,
      prerequisites: [{ flag: 'login', variants: ['on', 'beta'] }],
      targets: [{ variant: 'on', keys: ['ann', 'bob'] }],
      rules: [
        {
          id: 'r1',
          conditions: [
            { attribute: 'country', operator: 'in', values: ['DE', 'AT'] },
            { group: 'any', conditions: [{ segment: 'staff' }, { segment: 'spam', negate: true }] },
          ],
          serve: {
            rollout: {
              variants: [{ variant: 'on', weight: 1 }],
              bucketing: { algorithm: 'murmur3/1', attribute: 'company.key' },
            },
          },
        },
      ],
      default: { variant: 'off' },
      revision: 9,
    };
    server.answer(route, { body: configuration });
    const counts = {
      from: '2026-11-21T10:00:00.000Z',
      to: '2026-11-21T11:00:00.000Z',
      items: [
        { flag: 'checkout', variant: 'on', reason: 'SPLIT', rule: 'r1', count: 12 },
        { flag: 'checkout', variant: null, reason: 'DISABLED', rule: null, count: 3 },
      ],
      evaluations: 40,
      batches: 9,
      missing: 2,
      dropped: 0,
    };
    server.answer('GET /projects/shop/environments/production/evaluations', { body: counts });
    const { out } = await run('flags get checkout -p shop -e production');
    expect(server.requests.at(-1)?.query.get('flag')).toBe('checkout');
    expect(out).toMatch(/^on +SPLIT +r1 +12 *$/m);
    expect(out).toMatch(/^\(default of the application\) +DISABLED +3 *$/m);
    expect(out).toContain('2 batches are missing and 0 evaluations were dropped');
    expect(out).toContain('needs login     on or beta\n');
    expect(out).toContain('target on       ann, bob\n');
    expect(out).toContain(
      'rule r1         country in "DE", "AT" and any of (in segment staff; not in segment spam) -> on=1 by company.key\n',
    );
    expect(out).toContain('otherwise       off\n');
    expect(out).toContain('while off       no value');
  });
});

describe('evaluate', () => {
  const route = 'POST /projects/shop/environments/production/evaluate';
  const line = 'evaluate checkout -p shop -e production';

  it('prints value, variant, reason and rule', async () => {
    const evaluation = {
      flag: 'checkout',
      value: { a: 1 },
      variant: 'on',
      reason: 'TARGETING_MATCH',
      rule: 'r1',
      revision: '1.43',
    };
    server.answer(route, { body: evaluation });
    const { code, out } = await run(line, '--targeting-key', 'ann', '--set', 'age=30', '--set', 'company.plan=pro');
    expect({ code, out }).toEqual({
      code: 0,
      out: 'value     {"a":1}\nvariant   on\nreason    TARGETING_MATCH\nrule      r1\nrevision  1.43\n',
    });
    expect(last().body).toEqual({
      flag: 'checkout',
      context: { targetingKey: 'ann', age: 30, company: { plan: 'pro' } },
    });
    expect(JSON.parse((await run(line, '--output', 'json')).out)).toEqual(evaluation);
    expect(server.requests[0]?.headers['idempotency-key']).toBeUndefined();
  });

  it('prints every step below the answer when it is asked to explain', async () => {
    const evaluation = {
      flag: 'checkout',
      value: false,
      variant: 'off',
      reason: 'PREREQUISITE_FAILED',
      revision: '1.43',
      steps: [
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
      ],
    };
    server.answer(route, { body: evaluation });
    const { code, out } = await run(line, '--explain');
    expect(code).toBe(0);
    expect(last().body).toEqual({ flag: 'checkout', context: {}, explain: true });
    expect(out.split('\n\n')[1]).toBe(
      ['flag checkout is on', '  needs login to serve on: no, it serves off', '    flag login is off', ''].join('\n'),
    );
    expect(JSON.parse((await run(line, '--explain', '--output', 'json')).out)).toEqual(evaluation);
  });

  it.each([
    ['FLAG_NOT_FOUND', 5],
    ['TARGETING_KEY_MISSING', 1],
  ])('prints an answer with %s and leaves with %i', async (errorCode, code) => {
    server.answer(route, {
      body: { flag: 'checkout', reason: 'ERROR', errorCode, errorMessage: 'Why.', revision: '1.43' },
    });
    const result = await run(line);
    expect(result.code).toBe(code);
    expect(result.out).toContain(`error     ${errorCode}: Why.\n`);
  });
});

describe('audit verify', () => {
  const route = 'GET /projects/shop/environments/production/audit/verify';

  it('leaves with 0 when the history is intact', async () => {
    server.answer(route, { body: { intact: true, entries: 9, head: 'abc', broken: null } });
    expect(await run('audit verify -p shop -e production')).toMatchObject({
      code: 0,
      out: 'history    intact\nentries    9\nlast hash  abc\n',
    });
  });

  it('leaves with 1 and says where it is broken', async () => {
    const verdict = { intact: false, entries: 9, head: 'abc', broken: { number: 4, problem: 'Its hash is wrong.' } };
    server.answer(route, { body: verdict });
    const { code, out } = await run('audit verify -p shop -e production');
    expect(code).toBe(1);
    expect(out).toContain('entry 4    Its hash is wrong.\n');
    expect(await run('audit verify -p shop -e production --output json')).toMatchObject({ code: 1 });
  });
});

describe('status', () => {
  it('shows what the server does and where each environment is', async () => {
    const status = {
      version: '0.1.0',
      roles: ['control', 'edge'],
      database: 'PostgreSQL 15',
      durability: {
        host: 'one:5432',
        replication: 'sync',
        standbys: 1,
        acknowledgement: 'on two disks',
        problem: 'a write waits',
      },
      startedAt: at,
      ready: true,
      environments: [
        {
          project: 'shop',
          environment: 'production',
          epoch: 1,
          revision: 43,
          published: 43,
          publisher: 'n1/7',
          edge: null,
          streams: 2,
          problem: 'late',
        },
      ],
      bus: {
        kind: 'nats',
        version: '2.9.10',
        replicas: { wanted: 3, current: 2 },
        acknowledgement: 'held by 2 of 3 servers',
        problem: 'Only 2 of 3',
      },
      exposures: { spooled: 1, queued: null },
      reconciled: { at: '2030-01-01T00:00:00.000Z', republished: 1, mismatches: 2 },
      certificate: { notAfter: '2030-02-01T00:00:00.000Z', problem: null },
      backups: { newest: at, kept: 3, problem: 'no room' },
    };
    server.answer('GET /status', { body: status });
    const { out } = await run('status');
    expect(out).toContain('yes\n');
    expect(out).toMatch(/primary +one:5432, 1 standby follows \(sync\)\n/);
    expect(out).toMatch(/a change is +on two disks\n/);
    expect(out).toMatch(/database problem +a write waits\n/);
    expect(out).toMatch(/bus +NATS 2\.9\.10, 2 of 3 copies\n/);
    expect(out).toMatch(/on the bus means +held by 2 of 3 servers\n/);
    expect(out).toMatch(/bus problem +Only 2 of 3\n/);
    expect(out).toMatch(/exposures +1 in the spool, not known how many in the queue\n/);
    expect(out).toMatch(/backup problem +no room/);
    expect(out).toContain('shop     production   1.43      43         -       2        late\n');
    expect(JSON.parse((await run('status', '--output', 'json')).out)).toEqual(status);
  });
});
