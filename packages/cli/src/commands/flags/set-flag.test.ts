import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ManagementServer, problem, startManagementServer } from '../../../test-support/management-server.ts';
import { type Run, runCommand, signedIn, temporaryFolder } from '../../../test-support/run-command.ts';

const CONFIGURATION = '/projects/shop/environments/production/flags/checkout';
const current = {
  project: 'shop',
  environment: 'production',
  key: 'checkout',
  type: 'string',
  enabled: true,
  variants: { a: 'A', b: 'B' },
  offVariant: 'a',
  clientVisible: false,
  prerequisites: [{ flag: 'login', variants: ['on'] }],
  targets: [{ variant: 'a', keys: ['ann', 'bob'] }],
  rules: [{ id: 'r1', conditions: [{ segment: 'staff' }], serve: { variant: 'b' } }],
  default: {
    rollout: {
      variants: [
        { variant: 'b', weight: 10 },
        { variant: 'a', weight: 90 },
      ],
      bucketing: { algorithm: 'murmur3/1', salt: 's', attribute: 'company.key', missing: 'firstVariant' },
    },
  },
  revision: 41,
};

let server: ManagementServer;
let folder: ReturnType<typeof temporaryFolder>;

beforeEach(async () => {
  server = await startManagementServer();
  folder = temporaryFolder();
  server.answer(`GET ${CONFIGURATION}`, { body: current, headers: { etag: '"41"' } });
  server.answer(`PATCH ${CONFIGURATION}`, {
    body: { ...current, revision: 42 },
    headers: { 'flaghoist-revision': 'production=1.42' },
  });
});
afterEach(async () => {
  folder.remove();
  await server.close();
});

function set(argv: readonly string[], input = ''): Promise<Run> {
  return runCommand(['flags', 'set', 'checkout', '-p', 'shop', ...argv], { ...signedIn(server.url), input });
}
const inProduction = (...argv: readonly string[]): Promise<Run> => set(['-e', 'production', ...argv]);
const edit = () => server.requests.find(({ method }) => method === 'PATCH')?.body;

describe('flags set in an environment', () => {
  it('sends only what is to change', async () => {
    const { code, out } = await inProduction('--enabled', 'false', '--client-visible', 'true', '--off-variant', 'none');
    expect({ code, out }).toEqual({
      code: 0,
      out: 'Flag checkout in production is set. Now at revision: production 1.42.\n',
    });
    expect(edit()).toEqual({ enabled: false, clientVisible: true, offVariant: null });
  });

  it('adds, replaces and removes prerequisites, one flag at a time', async () => {
    await inProduction('--prerequisite', 'search=on, beta', '--prerequisite', 'login=off,off');
    expect(edit()).toEqual({
      prerequisites: [
        { flag: 'login', variants: ['off'] },
        { flag: 'search', variants: ['on', 'beta'] },
      ],
    });
  });

  it('removes a prerequisite that needs no variant any more', async () => {
    await inProduction('--prerequisite', 'login=');
    expect(edit()).toEqual({ prerequisites: [] });
  });

  it('refuses a prerequisite without its flag', async () => {
    const { code, err } = await inProduction('--prerequisite', 'login');
    expect(code).toBe(2);
    expect(err).toContain('--prerequisite login=on');
  });

  it('sets a default variant', async () => {
    await inProduction('--default', 'b');
    expect(edit()).toEqual({ default: { variant: 'b' } });
  });

  it('keeps bucketing and order of the rollout that is there, so that nobody changes variant by accident', async () => {
    await inProduction('--rollout', 'a=50,b=50');
    expect(edit()).toEqual({
      default: {
        rollout: {
          variants: [
            { variant: 'b', weight: 50 },
            { variant: 'a', weight: 50 },
          ],
          bucketing: current.default.rollout.bucketing,
        },
      },
    });
  });

  it('changes salt and attribute when it is told to', async () => {
    await inProduction('--rollout', 'a=1', '--salt', 'new', '--attribute', 'user.id');
    expect(edit()).toMatchObject({
      default: { rollout: { bucketing: { salt: 'new', attribute: 'user.id', missing: 'firstVariant' } } },
    });
  });

  it('appends rules and gives an id to a rule that has none', async () => {
    const rule = { conditions: [{ segment: 'beta' }], serve: { variant: 'a' } };
    await inProduction('--add-rule', JSON.stringify(rule), '--add-rule', JSON.stringify({ ...rule, id: 'mine' }));
    expect(edit()).toEqual({ rules: [current.rules[0], { id: 'rule-00000000', ...rule }, { ...rule, id: 'mine' }] });
  });

  it('takes a rule away, and says so when there is none', async () => {
    await inProduction('--remove-rule', 'r1');
    expect(edit()).toEqual({ rules: [] });
    expect(await inProduction('--remove-rule', 'r2')).toMatchObject({
      code: 5,
      err: expect.stringContaining('no rule "r2"'),
    });
  });

  it('replaces the targets of a variant and takes them from the others', async () => {
    await inProduction('--target', 'b=bob, eve,bob');
    expect(edit()).toEqual({
      targets: [
        { variant: 'a', keys: ['ann'] },
        { variant: 'b', keys: ['bob', 'eve'] },
      ],
    });
  });

  it('clears the targets of a variant', async () => {
    await inProduction('--target', 'a=');
    expect(edit()).toEqual({ targets: [] });
  });

  it('changes the value of a variant and keeps the others', async () => {
    await inProduction('--variant', 'b="B2"');
    expect(edit()).toEqual({ variants: { a: 'A', b: 'B2' } });
  });

  it('says so when the server made no revision of it', async () => {
    server.answer(`PATCH ${CONFIGURATION}`, { body: current });
    expect((await inProduction('--default', 'a')).out).toBe(
      'Flag checkout in production is so already, since revision 41.\n',
    );
  });

  it('says a message once that names both the whole and the place', async () => {
    const errors = [{ path: '$.default.variant', code: 'unknown', message: 'There is no variant c.' }];
    server.answer(
      `PATCH ${CONFIGURATION}`,
      problem(400, 'invalid_request', 'Not valid: There is no variant c.', errors),
    );
    const { err } = await inProduction('--default', 'c');
    expect(err).toBe('error: Not valid: There is no variant c.\n  at $.default.variant\n');
  });

  it('prints where each problem is', async () => {
    const errors = [{ path: '$.default.variant', code: 'unknown', message: 'There is no variant c.' }];
    server.answer(`PATCH ${CONFIGURATION}`, problem(400, 'invalid_request', 'The request is not valid.', errors));
    expect(await inProduction('--default', 'c')).toMatchObject({
      code: 1,
      out: '',
      err: 'error: The request is not valid.\n  $.default.variant: There is no variant c.\n',
    });
  });
});

describe('flags set --file', () => {
  const file = (content: unknown): string => {
    const path = join(folder.path, 'flag.json');
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  };

  it('sends the members of the file on the revision that the file was taken from', async () => {
    await inProduction('--file', file({ ...current, revision: 40, enabled: false }));
    expect(server.requests[1]?.headers['if-match']).toBe('"40"');
    const { project: _p, environment: _e, key: _k, type: _t, revision: _r, ...members } = current;
    expect(edit()).toEqual({ ...members, enabled: false });
  });

  it('is not repeated when that revision is not the newest, not even for an edit that means the same on any', async () => {
    server.answer(`PATCH ${CONFIGURATION}`, problem(412, 'precondition_failed', 'It has changed.'));
    const { code } = await inProduction('--file', file({ revision: 40, enabled: false }));
    expect(code).toBe(6);
    expect(server.requests.filter(({ method }) => method === 'PATCH')).toHaveLength(1);
  });

  it('copies members from another environment onto the newest revision', async () => {
    await inProduction('--file', file({ ...current, environment: 'staging', revision: 7 }));
    expect(server.requests[1]?.headers['if-match']).toBe('"41"');
  });

  it('reads standard input for -, and options come on top', async () => {
    await set(['-e', 'production', '--file', '-', '--enabled', 'true'], '{"enabled":false,"clientVisible":true}');
    expect(edit()).toEqual({ enabled: true, clientVisible: true });
  });

  it.each([
    ['a member that is not known', { enable: true }, 'enable'],
    ['another flag', { key: 'other', enabled: true }, 'other'],
    ['no JSON', '{', 'not JSON'],
    ['a list', [], 'one JSON object'],
    ['nothing that can be set', { key: 'checkout' }, 'nothing to set'],
  ])('refuses %s before anything is asked', async (_what, content, message) => {
    const { code, err } = await inProduction('--file', file(content));
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(server.requests).toEqual([]);
  });

  it('refuses a file that is not there', async () => {
    expect(await inProduction('--file', join(folder.path, 'none.json'))).toMatchObject({ code: 2 });
  });
});

describe('flags set without an environment', () => {
  const FLAG = '/projects/shop/flags/checkout';

  it('changes what the flag is everywhere', async () => {
    server.answer(`GET ${FLAG}`, { body: { key: 'checkout', version: 3 }, headers: { etag: '"3"' } });
    server.answer(`PATCH ${FLAG}`, { body: { key: 'checkout', version: 4 }, headers: {} });
    const { code, out } = await set([
      '--name',
      'Check-out',
      '--owner',
      'pay',
      '--tag',
      'a',
      '--tag',
      'b',
      '--variant',
      'c="C"',
    ]);
    expect({ code, out }).toEqual({ code: 0, out: 'Flag checkout of shop is set (version 4).\n' });
    expect(server.requests[1]).toMatchObject({
      headers: { 'if-match': '"3"' },
      body: { name: 'Check-out', owner: 'pay', tags: ['a', 'b'], addVariants: { c: 'C' } },
    });
  });
});

describe('flags set refuses before anything is asked', () => {
  it.each([
    ['nothing', ['-e', 'production'], 'nothing to set'],
    ['nothing without an environment', [], 'nothing to set'],
    ['a member of one environment without one', ['--enabled', 'true'], '--enabled is of one environment'],
    ['a member of every environment with one', ['-e', 'production', '--owner', 'x'], '--owner is of the flag in every'],
    ['two defaults', ['-e', 'production', '--default', 'a', '--rollout', 'a=1'], '--default and --rollout'],
    ['a salt without a rollout', ['-e', 'production', '--salt', 'x'], '--salt needs --rollout'],
  ])('%s', async (_what, argv, message) => {
    const { code, err } = await set(argv);
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(server.requests).toEqual([]);
  });

  it.each([
    ['a weight that is no whole number', ['--rollout', 'a=12.5'], 'whole number'],
    ['a negative weight', ['--rollout', 'a=-1'], 'whole number'],
    ['no weight at all', ['--rollout', 'a=0,b=0'], 'add up'],
    ['a variant twice', ['--rollout', 'a=1,a=2'], 'twice'],
    ['a rollout without weights', ['--rollout', 'a'], 'wrong form'],
    ['a rule that is no JSON', ['--add-rule', '{'], 'not JSON'],
    ['a rule that is no object', ['--add-rule', '[]'], 'JSON object'],
    ['a variant without quotes', ['--variant', 'a=blue'], 'not JSON'],
    ['a target without a variant', ['--target', '=ann'], 'wrong form'],
  ])('%s, and writes nothing', async (_what, argv, message) => {
    const { code, err } = await inProduction(...argv);
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(edit()).toBeUndefined();
  });
});
