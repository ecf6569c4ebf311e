import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type ManagementServer,
  problem,
  type Reply,
  startManagementServer,
} from '../../test-support/management-server.ts';
import { type Run, runCommand, signedIn, type TestHostOptions } from '../../test-support/run-command.ts';

const FLAG = '/projects/shop/environments/production/flags/checkout';
const DELIVERY = 'GET /projects/shop/changes/c1/delivery';
const FLEET = 'GET /projects/shop/environments/production/fleet';

const share = (applied: number, live: number) => ({ live, applied, p50Ms: 12.4, p99Ms: 39.6 });
const known = { foldedAt: '2030-01-01T00:00:00.000Z', known: true, uncounted: 0 };
const laggard = {
  kind: 'instance',
  id: 'instance-lags-0001',
  program: 'openfeature-server/0.1.0',
  host: 'web-1/42',
  epoch: 1,
  revision: 41,
  problem: null,
  seenAt: '2030-01-01T00:00:00.000Z',
};
const delivered = (applied: number, live: number, more: object = {}): Reply => ({
  body: {
    change: 'c1',
    environments: [
      {
        environment: 'production',
        epoch: 1,
        revision: 42,
        withheld: null,
        edges: live === 0 ? share(0, 0) : share(1, 1),
        instances: share(applied, live),
        ...known,
        laggards: applied < live ? [laggard] : [],
        ...more,
      },
    ],
  },
});

let server: ManagementServer;

beforeEach(async () => {
  server = await startManagementServer();
  server.answer(`GET ${FLAG}`, { body: { key: 'checkout', enabled: false, revision: 41 }, headers: { etag: '"41"' } });
  server.answer(`PATCH ${FLAG}`, {
    body: { key: 'checkout', enabled: true, revision: 42 },
    headers: { 'flaghoist-revision': 'production=1.42', 'flaghoist-change': 'c1' },
  });
});
afterEach(() => server.close());

const command = (words: string, more: readonly string[], options: TestHostOptions = {}): Promise<Run> =>
  runCommand([...words.split(' '), 'checkout', '-p', 'shop', '-e', 'production', ...more], {
    ...signedIn(server.url),
    ...options,
  });
const toggle = (...more: readonly string[]): Promise<Run> => command('flags toggle', ['--on', ...more]);
const asked = (route: string): number =>
  server.requests.filter(({ method, path }) => `${method} ${path}` === route).length;

describe('a write with --wait', () => {
  it('ends when so many have it, with how fast it was', async () => {
    server.answer(DELIVERY, delivered(1, 100), delivered(98, 100), delivered(99, 100));
    const { code, out, err, host } = await toggle('--wait', '99%');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(
      [
        'Flag checkout in production is now on. Now at revision: production 1.42.',
        'production 1.42: 99 of 100 instances have it (p50 12 ms, p99 40 ms), 1 of 1 edges (p50 12 ms, p99 40 ms).',
        '  lags: instance instance-lags-0001 (openfeature-server/0.1.0 at web-1/42), revision 1.41, heard of 2030-01-01T00:00:00.000Z',
        '',
      ].join('\n'),
    );
    expect(host.sleeps).toEqual([100, 200]);
  });

  it('waits for edges as for instances', async () => {
    server.answer(DELIVERY, delivered(2, 2, { edges: share(1, 2) }), delivered(2, 2, { edges: share(2, 2) }));
    expect((await toggle('--wait', '100%')).code).toBe(0);
    expect(asked(DELIVERY)).toBe(2);
  });

  it('leaves with 7 when the time is over, says who lags, and has written all the same', async () => {
    server.answer(DELIVERY, delivered(1, 2));
    const { code, out, err, host } = await toggle('--wait', '99%', '--wait-timeout', '3s');
    expect(code).toBe(7);
    expect(out).toContain('1 of 2 instances have it');
    expect(out).toContain('lags: instance instance-lags-0001');
    expect(err).toBe('error: it is written, and fewer than 99 % of the live followers had it after 3 s.\n');
    expect(host.sleeps.reduce((sum, ms) => sum + ms, 0)).toBe(3_000);
  });

  it('is done at once when it is known that nobody follows', async () => {
    server.answer(DELIVERY, delivered(0, 0));
    const { code, out, host } = await toggle('--wait', '99%');
    expect({ code, sleeps: host.sleeps }).toEqual({ code: 0, sleeps: [] });
    expect(out).toContain('production 1.42: no live followers, nobody to wait for.\n');
  });

  it.each([
    ['at 2029-12-31T23:00:00.000Z', '2029-12-31T23:00:00.000Z', 0, 0],
    ['never', null, 0, 0],
    ['never', null, 2, 2],
  ])('does not take silence for nobody: receipts were last counted %s', async (when, foldedAt, applied, live) => {
    const unknown = { known: false, foldedAt };
    server.answer(DELIVERY, delivered(applied, live, unknown));
    const { code, out, err, host } = await toggle('--wait', '99%', '--wait-timeout', '3s');
    expect(code).toBe(7);
    expect(out).toContain(`it is not known who follows, receipts were last counted ${when}.\n`);
    expect(err).toBe(
      `error: it is written, and after 3 s the server did not know who has it. production: it is not known who follows, receipts were last counted ${when}. Look at the processes with the role worker, and at the limits of the edges.\n`,
    );
    expect(host.sleeps.reduce((sum, ms) => sum + ms, 0)).toBe(3_000);
    server.answer(DELIVERY, delivered(applied, live, unknown), delivered(applied, live));
    expect((await toggle('--wait', '99%')).code).toBe(0);
  });

  it('waits while there are instances that edges have no room to count', async () => {
    server.answer(DELIVERY, delivered(2, 2, { uncounted: 5 }));
    const { code, out, err } = await toggle('--wait', '99%', '--wait-timeout', '3s');
    expect(code).toBe(7);
    expect(out).toContain('2 of 2 instances have it');
    expect(err).toContain('instances beyond those are not counted, edges have no room (5 receipts)');
  });

  it('fails when what was written is withheld, however many have the revision', async () => {
    server.answer(DELIVERY, delivered(2, 2, { withheld: 'revision 42 is withheld: $.rules[0]' }));
    const { code, err } = await toggle('--wait', '99%');
    expect({ code, err }).toEqual({
      code: 1,
      err: 'error: followers do not get it. production: revision 42 is withheld: $.rules[0]\n',
    });
  });

  it('waits for what is there when nothing had to be written', async () => {
    server.answer(`GET ${FLAG}`, { body: { key: 'checkout', enabled: true, revision: 41 }, headers: { etag: '"41"' } });
    const follower = {
      host: 'web-1/42',
      epoch: 1,
      revision: 41,
      lag: 1,
      live: true,
      problem: null,
      seenAt: laggard.seenAt,
    };
    const fleet = (applied: number): Reply => ({
      body: {
        environment: 'production',
        epoch: 1,
        revision: 42,
        withheld: null,
        edges: [],
        instances: [
          { ...follower, instance: 'instance-lags-0001', sdk: laggard.program },
          { ...follower, lag: 0 },
        ],
        live: { edges: share(1, 1), instances: share(applied, 2), ...known },
      },
    });
    server.answer(FLEET, fleet(1), fleet(2));
    const { code, out } = await toggle('--wait', '99%');
    expect(code).toBe(0);
    expect(out).toContain('on already, since revision 41.\nproduction 1.42: 2 of 2 instances have it');
    expect(asked(FLEET)).toBe(2);
  });

  it('prints one object with JSON output, with the delivery in it', async () => {
    server.answer(DELIVERY, delivered(2, 2));
    const { code, out, err } = await toggle('--wait', '99%', '--output', 'json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toMatchObject({
      key: 'checkout',
      revision: 42,
      delivery: { end: 'delivered', environments: [{ environment: 'production', instances: { live: 2, applied: 2 } }] },
    });
  });

  it('says on a terminal how it goes, and leaves nothing of that behind', async () => {
    server.answer(DELIVERY, delivered(1, 2), delivered(2, 2));
    const { err } = await command('flags toggle', ['--on', '--wait', '99%'], { isTTY: true });
    expect(err.split('\r\u001B[K')).toEqual([
      '',
      'production: 1 of 2 instances, 1 of 1 edges',
      'production: 2 of 2 instances, 1 of 1 edges',
      '',
    ]);
  });

  it('asks on while the server is overloaded, and no longer when it is refused', async () => {
    const busy = problem(503, 'overloaded', 'Too much.');
    server.answer(DELIVERY, busy, busy, busy, delivered(2, 2));
    expect((await toggle('--wait', '99%')).code).toBe(0);
    server.answer(DELIVERY, problem(403, 'forbidden', 'No.'));
    expect((await toggle('--wait', '99%')).code).toBe(4);
  });

  it('can be told to flags set, segments set and changes revert too', async () => {
    server.answer(DELIVERY, delivered(2, 2));
    expect((await command('flags set', ['--default', 'on', '--wait', '99%'])).out).toContain('2 of 2 instances');
    const segment = '/projects/shop/environments/production/segments/checkout';
    const headers = { etag: '"41"', 'flaghoist-change': 'c1', 'flaghoist-revision': 'production=1.42' };
    server.answer(`GET ${segment}`, { body: {}, headers });
    server.answer(`PATCH ${segment}`, { body: {}, headers });
    expect((await command('segments set', ['--include', 'ann', '--wait', '99%'])).out).toContain('2 of 2 instances');
    const reverted = { id: 'c1', entities: [], entityCount: 0, revisions: [] };
    server.answer('POST /projects/shop/changes/0f7c1f5e-6a1b-4b0e-9d0b-5c8a1d2e3f40/revert', {
      body: reverted,
      headers,
    });
    const { out } = await runCommand(
      ['changes', 'revert', '0f7c1f5e-6a1b-4b0e-9d0b-5c8a1d2e3f40', '-p', 'shop', '--wait', '99%'],
      signedIn(server.url),
    );
    expect(out).toContain('2 of 2 instances');
  });

  it.each([
    ['flags create', 'flags', 201],
    ['flags archive', 'flags', 200],
    ['segments create', 'environments/production/segments', 201],
    ['segments archive', 'environments/production/segments', 200],
  ])('can be told to %s, which waits for its change', async (words, collection, status) => {
    const headers = { etag: '"41"', 'flaghoist-change': 'c1', 'flaghoist-revision': 'production=1.42' };
    const written: Reply = { status, body: { key: 'checkout' }, headers };
    server.answer(`GET /projects/shop/${collection}/checkout`, { body: {}, headers });
    server.answer(`POST /projects/shop/${collection}`, written);
    server.answer(`POST /projects/shop/${collection}/checkout/archive`, written);
    server.answer(DELIVERY, delivered(1, 2), delivered(2, 2));
    const { code, out } = await runCommand(
      [
        ...words.split(' '),
        'checkout',
        '-p',
        'shop',
        '--wait',
        '100%',
        ...(words.startsWith('segments') ? ['-e', 'production'] : []),
        ...(words === 'flags create' ? ['--type', 'boolean'] : []),
      ],
      signedIn(server.url),
    );
    expect(code).toBe(0);
    expect(out).toContain('Now at revision: production 1.42.\nproduction 1.42: 2 of 2 instances have it');
    expect(asked(DELIVERY)).toBe(2);
  });

  it('has nothing to wait for where a flag is made in a project without environments', async () => {
    server.answer('POST /projects/shop/flags', {
      status: 201,
      body: { key: 'checkout' },
      headers: { 'flaghoist-change': 'c1' },
    });
    const create = ['flags', 'create', 'checkout', '-p', 'shop', '--type', 'boolean', '--wait', '99%'];
    const { code, out } = await runCommand(create, signedIn(server.url));
    expect({ code, out }).toEqual({ code: 0, out: 'Created flag checkout in shop, off.\n' });
    expect(asked(DELIVERY)).toBe(0);
  });

  it.each([['99'], ['0%'], ['101%'], ['all']])('refuses %s as a share before anything is asked', async (text) => {
    expect((await toggle('--wait', text)).code).toBe(2);
    expect(server.requests).toEqual([]);
  });

  it('refuses a time without a unit', async () => {
    expect((await toggle('--wait', '99%', '--wait-timeout', '30')).code).toBe(2);
  });
});

describe('fleet', () => {
  const follower = (more: object) => ({
    host: 'web-1/42',
    epoch: 1,
    revision: 42,
    lag: 0,
    appliedAt: null,
    ageMs: 0,
    problem: null,
    live: true,
    seenAt: '2029-12-31T23:59:50.000Z',
    ...more,
  });

  it('lists edges and instances with version, revision, age and when they were heard of', async () => {
    server.answer(FLEET, {
      body: {
        environment: 'production',
        epoch: 1,
        revision: 42,
        withheld: null,
        edges: [follower({ edge: 'edge-of-16-chars', version: '1.2.3', instances: 2, uncounted: 0, canary: true })],
        instances: [
          follower({ instance: 'instance-has-it-01', sdk: 'sdk/1', edge: 'edge-of-16-chars', ageMs: 180_000 }),
          follower({
            ...laggard,
            instance: laggard.id,
            sdk: 'sdk/1',
            edge: 'edge-of-16-chars',
            lag: 1,
            live: false,
            problem: 'flag/x: no',
          }),
        ],
        live: { edges: share(1, 1), instances: share(1, 2), ...known },
      },
    });
    const { code, out } = await runCommand(['fleet', '-p', 'shop', '-e', 'production'], signedIn(server.url));
    expect(code).toBe(0);
    expect(out).toContain('1 of 2 live instances (p50 12 ms, p99 40 ms)');
    expect(out).toMatch(/edge-of-16-chars +1\.2\.3 +web-1\/42 \(canary\) +2 +1\.42 +0 +0 s +10 s ago/);
    expect(out).toMatch(/instance-has-it-01 +sdk\/1 +web-1\/42 +edge-of-16-chars +1\.42 +0 +3 min +10 s ago/);
    expect(out).toMatch(/instance-lags-0001 .* 1\.41 +1 +0 s +gone, 2030-01-01T00:00:00\.000Z +flag\/x: no/);
  });

  it('says so when there is nobody', async () => {
    const nobody = { edges: { ...share(0, 0), p50Ms: null }, instances: { ...share(0, 0), p99Ms: null }, ...known };
    server.answer(FLEET, {
      body: {
        environment: 'production',
        epoch: 1,
        revision: 42,
        withheld: null,
        edges: [],
        instances: [],
        live: nobody,
      },
    });
    const { out } = await runCommand(['fleet', '-p', 'shop', '-e', 'production'], signedIn(server.url));
    expect(out).toContain('No edge has been heard of for a day.');
    expect(out).toContain('No instance has sent a receipt for a day.');
  });
});
