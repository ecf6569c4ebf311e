import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ManagementServer, problem, startManagementServer } from '../../test-support/management-server.ts';
import { at, shop, production, flag, staff, key, token } from '../../test-support/resources.ts';
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

describe('a create command', () => {
  const revisions = { 'flaghoist-revision': 'staging=1.7, production=1.43' };

  it.each([
    [
      'projects create shop --name Shop -e staging,production',
      'POST /projects',
      { key: 'shop', name: 'Shop', environments: ['staging', 'production'] },
      shop,
    ],
    [
      'environments create production -p shop --name Live',
      'POST /projects/shop/environments',
      { key: 'production', name: 'Live' },
      production,
    ],
    [
      'flags create checkout -p shop --type boolean',
      'POST /projects/shop/flags',
      { key: 'checkout', type: 'boolean' },
      flag,
    ],
    [
      'flags create colour -p shop --type string --variant blue="#00f" --variant red="#f00" --off-variant red --default-variant blue --client-visible --enabled --name Colour --description D --owner ui --tag a --tag b',
      'POST /projects/shop/flags',
      {
        key: 'colour',
        type: 'string',
        variants: { blue: '#00f', red: '#f00' },
        offVariant: 'red',
        defaultVariant: 'blue',
        clientVisible: true,
        enabled: true,
        name: 'Colour',
        description: 'D',
        owner: 'ui',
        tags: ['a', 'b'],
      },
      flag,
    ],
    [
      'segments create staff -p shop -e production --include ann,bob --include eve --exclude mal --condition {"segment":"beta"}',
      'POST /projects/shop/environments/production/segments',
      { key: 'staff', included: ['ann', 'bob', 'eve'], excluded: ['mal'], conditions: [{ segment: 'beta' }] },
      staff,
    ],
  ])('%s', async (line, route, body, resource) => {
    server.answer(route, { status: 201, body: resource, headers: revisions });
    const { code, out } = await run(line, '--reason', 'why not');
    expect(code).toBe(0);
    expect(out).toContain('Now at revision: staging 1.7, production 1.43.\n');
    expect(last()).toEqual({ asked: route, query: {}, body });
    expect(server.requests[0]?.headers).toMatchObject({
      'flaghoist-reason': 'why%20not',
      'idempotency-key': expect.stringMatching(/^.{16,}$/),
    });
    expect(JSON.parse((await run(line, '--output', 'json')).out)).toEqual(resource);
  });

  it('leaves with 6 when there is one already', async () => {
    server.answer('POST /projects', problem(409, 'already_exists', 'There is a project shop.'));
    expect(await run('projects create shop')).toMatchObject({ code: 6, err: 'error: There is a project shop.\n' });
  });
});

describe('a secret', () => {
  const created = { ...key, secret: 'fhc_k1_secret' };

  it('of a new key stands alone on standard output', async () => {
    server.answer('POST /projects/shop/keys', { status: 201, body: created });
    const { out, err } = await run(
      'keys create -p shop --kind client -e production --name web --origin https://example.org --expires-at 2031-01-01T00:00:00Z',
    );
    expect(out).toBe('fhc_k1_secret\n');
    expect(err).toContain('It is shown this once');
    expect(last().body).toEqual({
      kind: 'client',
      environments: ['production'],
      name: 'web',
      origins: ['https://example.org'],
      expiresAt: '2031-01-01T00:00:00Z',
    });
  });

  it('comes with the whole key and nothing on standard error with JSON output', async () => {
    server.answer('POST /projects/shop/keys', { status: 201, body: created });
    const { out, err } = await run('keys create -p shop --kind relay -e staging,production --output json');
    expect(JSON.parse(out)).toEqual(created);
    expect(err).toBe('');
    expect(last().body).toEqual({ kind: 'relay', environments: ['staging', 'production'] });
  });

  it('of a new token stands alone on standard output', async () => {
    server.answer('POST /tokens', { status: 201, body: { ...token, secret: 'fht_new' } });
    const { out } = await run('tokens create ci --role editor --project shop');
    expect(out).toBe('fht_new\n');
    expect(last().body).toEqual({ name: 'ci', role: 'editor', project: 'shop' });
  });
});

describe('the limit of a key', () => {
  it('is sent with a new one', async () => {
    server.answer('POST /projects/shop/keys', { status: 201, body: { ...key, rateLimit: 250, secret: 'fhs_new' } });
    await run('keys create -p shop --kind server -e production --rate-limit 250');
    expect(last().body).toEqual({ kind: 'server', environments: ['production'], rateLimit: 250 });
  });

  it.each([
    ['1000', 1_000, '1000 requests a second'],
    ['default', null, 'the default'],
  ])('is set to %s', async (text, rateLimit, words) => {
    server.answer('PATCH /projects/shop/keys/k1', { body: { ...key, rateLimit } });
    expect(await run(`keys limit k1 ${text} -p shop`)).toMatchObject({ code: 0, out: expect.stringContaining(words) });
    expect(last().body).toEqual({ rateLimit });
  });

  it.each(['0', '1.5', 'many', '100001'])('is refused before anything is sent when it is %s', async (text) => {
    expect(await run(`keys limit k1 ${text} -p shop`)).toMatchObject({ code: 2, err: expect.stringContaining(text) });
    expect(await run(`keys create -p shop --kind server -e production --rate-limit ${text}`)).toMatchObject({
      code: 2,
    });
  });
});

describe('the environments of a relay key', () => {
  it('are set, all of them', async () => {
    const environments = ['staging', 'production'];
    const headers = { 'flaghoist-revision': 'staging=1.7' };
    server.answer('PATCH /projects/shop/keys/k1', { body: { ...key, kind: 'relay', environments }, headers });
    expect(await run('keys environments k1 staging,production -p shop')).toMatchObject({
      code: 0,
      out: 'Relay key k1 of shop is for staging, production. Now at revision: staging 1.7.\n',
    });
    expect(last().body).toEqual({ environments });
  });

  it('are refused before anything is sent when one cannot be a key', async () => {
    expect(await run('keys environments k1 staging,not/one -p shop')).toMatchObject({ code: 2 });
  });
});

describe('a command that ends something', () => {
  it.each([
    ['keys revoke k1 -p shop', 'POST /projects/shop/keys/k1/revoke', { ...key, revokedAt: at }],
    ['tokens revoke t1', 'POST /tokens/t1/revoke', { ...token, revokedAt: at }],
  ])('%s', async (line, route, resource) => {
    server.answer(route, { body: resource });
    expect(await run(line)).toMatchObject({ code: 0, out: expect.stringContaining('Revoked') });
    expect(JSON.parse((await run(line, '--output', 'json')).out)).toEqual(resource);
  });

  it.each([
    ['projects archive shop', '/projects/shop'],
    ['environments archive production -p shop', '/projects/shop/environments/production'],
    ['flags archive checkout -p shop', '/projects/shop/flags/checkout'],
    ['segments archive staff -p shop -e production', '/projects/shop/environments/production/segments/staff'],
  ])('%s reads the ETag and sends it', async (line, path) => {
    server.answer(`GET ${path}`, { body: {}, headers: { etag: '"12"' } });
    server.answer(`POST ${path}/archive`, { body: { archived: true } });
    expect(await run(line, '--reason', 'old')).toMatchObject({ code: 0, out: expect.stringContaining('Archived') });
    expect(server.requests[1]?.headers).toMatchObject({ 'if-match': '"12"', 'flaghoist-reason': 'old' });
  });

  it('leaves with 6 and the names of the flags when a segment is in use', async () => {
    const path = '/projects/shop/environments/production/segments/staff';
    server.answer(`GET ${path}`, { body: {}, headers: { etag: '"12"' } });
    server.answer(`POST ${path}/archive`, problem(409, 'segment_in_use', 'Flags use it: checkout, colour.'));
    expect(await run('segments archive staff -p shop -e production')).toMatchObject({
      code: 6,
      err: 'error: Flags use it: checkout, colour.\n',
    });
  });
});

describe('a rename', () => {
  it.each([
    ['projects set shop', '/projects/shop', shop],
    ['environments set production -p shop', '/projects/shop/environments/production', production],
  ])('%s sends the ETag, and nothing when the name is the same', async (line, path, resource) => {
    server.answer(`GET ${path}`, { body: resource, headers: { etag: '"3"' } });
    server.answer(`PATCH ${path}`, { body: { ...resource, name: 'New', version: 4 } });
    expect(await run(line, '--name', 'New')).toMatchObject({
      code: 0,
      out: expect.stringContaining('now called New (version 4)'),
    });
    expect(server.requests[1]).toMatchObject({ headers: { 'if-match': '"3"' }, body: { name: 'New' } });
    expect(await run(line, '--name', resource.name)).toMatchObject({ code: 0, out: 'It is called so already.\n' });
    expect(server.requests).toHaveLength(3);
  });

  it('is refused when somebody else was faster', async () => {
    server.answer('GET /projects/shop', { body: shop, headers: { etag: '"3"' } });
    server.answer('PATCH /projects/shop', problem(412, 'precondition_failed', 'It has changed.'));
    const { code, err } = await run('projects set shop --name New');
    expect(code).toBe(6);
    expect(err).toContain('project shop was changed by somebody else after it was read.');
    expect(err).toContain('flaghoist projects get shop');
    expect(server.requests).toHaveLength(2);
  });
});

describe('segments set', () => {
  const path = '/projects/shop/environments/production/segments/staff';

  it('replaces what is given', async () => {
    server.answer(`GET ${path}`, { body: staff, headers: { etag: '"5"' } });
    server.answer(`PATCH ${path}`, { body: staff, headers: { 'flaghoist-revision': 'production=1.44' } });
    const { code, out } = await run('segments set staff -p shop -e production --include eve');
    expect({ code, out }).toEqual({
      code: 0,
      out: 'Segment staff in production is set. Now at revision: production 1.44.\n',
    });
    expect(server.requests[1]).toMatchObject({ headers: { 'if-match': '"5"' }, body: { included: ['eve'] } });
  });

  it('takes a file as segments get prints it, on the revision that it names', async () => {
    server.answer(`GET ${path}`, { body: staff, headers: { etag: '"6"' } });
    server.answer(`PATCH ${path}`, { body: staff });
    const argv = 'segments set staff -p shop -e production --file -'.split(' ');
    const { code } = await runCommand(argv, { ...signedIn(server.url), input: JSON.stringify(staff) });
    expect(code).toBe(0);
    const { included, excluded, conditions } = staff;
    expect(server.requests[1]).toMatchObject({
      headers: { 'if-match': '"5"' },
      body: { included, excluded, conditions },
    });
  });

  it.each([
    ['nothing', [], 'nothing to set'],
    ['a condition that is no JSON', ['--condition', 'x'], 'not JSON'],
  ])('refuses %s', async (_what, argv, message) => {
    expect(await run('segments set staff -p shop -e production', ...argv)).toMatchObject({
      code: 2,
      err: expect.stringContaining(message),
    });
    expect(server.requests).toEqual([]);
  });
});
