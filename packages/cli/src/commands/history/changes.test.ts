import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type ManagementServer,
  page,
  problem,
  startManagementServer,
} from '../../../test-support/management-server.ts';
import { change } from '../../../test-support/resources.ts';
import { type Run, runCommand, signedIn } from '../../../test-support/run-command.ts';

let server: ManagementServer;

beforeEach(async () => {
  server = await startManagementServer();
});
afterEach(() => server.close());

const run = (line: string): Promise<Run> => runCommand(line.split(' '), signedIn(server.url));
const last = () => server.requests.at(-1);

describe('changes list', () => {
  it('asks for the changes of a flag or a segment', async () => {
    server.answer('GET /projects/shop/changes', page([change]));
    await run('changes list -p shop -e staging --flag checkout --segment beta');
    expect(Object.fromEntries(last()?.query ?? [])).toMatchObject({
      environment: 'staging',
      flag: 'checkout',
      segment: 'beta',
    });
  });
});

describe('a change of many entities', () => {
  it('says in a list that there are more than it names', async () => {
    server.answer('GET /projects/shop/changes', page([{ ...change, entityCount: 51 }]));
    expect((await run('changes list -p shop')).out).toContain('flag checkout, and more');
  });
});

describe('changes show', () => {
  const edits = {
    items: [
      {
        environment: 'production',
        kind: 'flag',
        key: 'checkout',
        epoch: 1,
        revision: 43,
        before: { key: 'checkout', enabled: false, offVariant: 'off', default: { variant: 'on' } },
        after: { key: 'checkout', enabled: true, default: { variant: 'on' }, rules: [{ id: 'r' }] },
        revertible: true,
      },
      {
        environment: 'qa',
        kind: 'segment',
        key: 'beta',
        epoch: 1,
        revision: 2,
        before: null,
        after: { key: 'beta' },
        revertible: false,
      },
    ],
    more: false,
  };

  it('prints what became of each member', async () => {
    server.answer('GET /projects/shop/changes/c1', { body: { ...change, revertedBy: 'c2' } });
    server.answer('GET /projects/shop/changes/c1/edits', { body: edits });
    const { code, out } = await run('changes show c1 -p shop');
    expect(code).toBe(0);
    expect(out).toBe(
      [
        'change       c1',
        'action       flag.edit',
        'at           2026-11-21T10:00:00.000Z',
        'by           ann',
        'reason       launch',
        'revision     production 1.43',
        'reverted by  c2',
        '',
        'flag checkout in production',
        '  - enabled: false',
        '  + enabled: true',
        '  - offVariant: "off"',
        '  + rules: [{"id":"r"}]',
        '',
        'segment beta in qa (made)',
        '  + key: "beta"',
        '',
      ].join('\n'),
    );
  });

  it('prints the change with its edits as JSON, and says when there are more', async () => {
    server.answer('GET /projects/shop/changes/c1', { body: change }, { body: change });
    server.answer('GET /projects/shop/changes/c1/edits', { body: edits }, { body: { ...edits, more: true } });
    expect(JSON.parse((await run('changes show c1 -p shop --output json')).out)).toEqual({ ...change, edits });
    expect((await run('changes show c1 -p shop')).out).toContain('More was changed than is shown: 1 entities.');
  });
});

describe('changes revert', () => {
  const made = { ...change, id: 'c9', action: 'change.revert', reverts: 'c1' };
  const revisions = { 'flaghoist-revision': 'production=1.44' };

  it.each([
    ['', {}],
    [' -e production --flag checkout', { edits: [{ environment: 'production', flag: 'checkout' }] }],
    [' -e production --segment beta', { edits: [{ environment: 'production', segment: 'beta' }] }],
  ])('sends what to put back: changes revert c1 -p shop%s', async (options, body) => {
    server.answer('POST /projects/shop/changes/c1/revert', { status: 201, body: made, headers: revisions });
    const { code, out } = await run(`changes revert c1 -p shop${options} --reason oops`);
    expect({ code, out }).toEqual({
      code: 0,
      out: 'Reverted flag checkout with change c9. Now at revision: production 1.44.\n',
    });
    expect(last()?.body).toEqual(body);
    expect(last()?.headers['flaghoist-reason']).toBe('oops');
  });

  it.each(['-e production', '--flag checkout', '-e production --flag a --segment b'])(
    'asks for the whole name of a part: %s',
    async (options) => {
      const { code, err } = await run(`changes revert c1 -p shop ${options}`);
      expect(code).toBe(2);
      expect(err).toContain('name its environment and either a flag or a segment');
      expect(server.requests).toEqual([]);
    },
  );

  it('leaves with 6 when somebody has edited the same since', async () => {
    server.answer(
      'POST /projects/shop/changes/c1/revert',
      problem(409, 'revert_conflict', 'Flag checkout in production: enabled was changed since.'),
    );
    const { code, err } = await run('changes revert c1 -p shop');
    expect(code).toBe(6);
    expect(err).toContain('enabled was changed since');
  });
});
