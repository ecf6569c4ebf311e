/** Connections, as an admin of the installation makes and changes them. */
import type { Connection } from '@flaghoist/protocol/management';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectStatus } from '../../../test-support/api-client.ts';
import { DATABASE_KINDS } from '../../../test-support/database-place.ts';
import { makeProject } from '../../../test-support/project-in-use.ts';
import { type Started, startOver, stopCleanly } from '../../../test-support/started.ts';

const ACME = {
  key: 'acme',
  name: 'Acme',
  issuer: 'https://login.acme.example/tenant',
  clientId: 'flaghoist',
  clientSecret: 'a client secret',
};

describe.each(DATABASE_KINDS)('connections over the %s', (kind) => {
  let started: Started;
  let project: string;

  beforeAll(async () => {
    started = await startOver(kind);
    project = (await makeProject(started.admin)).split('/').at(-1) ?? '';
  });
  afterAll(() => stopCleanly(started));

  const refusal = async (method: string, path: string, body?: object, ifMatch?: string) => {
    const answer = await started.admin.send(method, path, body, ifMatch === undefined ? {} : { ifMatch });
    const { code, errors } = JSON.parse(answer.text) as { code: string; errors?: readonly { path: string }[] };
    return [answer.status, code, errors?.[0]?.path ?? null];
  };

  it('are made with nothing open: no accounts, no grants, no groups', async () => {
    const made = await started.admin.write<Connection>('POST', '/connections', ACME);
    expect(made).toEqual({
      key: 'acme',
      name: 'Acme',
      issuer: ACME.issuer,
      clientId: 'flaghoist',
      domains: [],
      provision: false,
      grants: [],
      groups: null,
      callbackPath: '/api/v1/sign-in/acme/callback',
      createdAt: expect.any(String) as unknown,
      archivedAt: null,
      version: 1,
    });
    expect(await started.admin.get('/connections')).toEqual({ items: [made], next: null });
  });

  it('are edited by whoever read them, in part', async () => {
    const edit = {
      domains: ['ACME.example'],
      grants: [{ role: 'viewer', project, environment: null }],
      provision: true,
    };
    expect(await refusal('PATCH', '/connections/acme', edit)).toEqual([428, 'if_match_missing', null]);
    const answer = await started.admin.send('PATCH', '/connections/acme', edit, { ifMatch: '"1"' });
    expect(expectStatus<Connection>(answer, 200)).toMatchObject({ ...edit, domains: ['acme.example'], version: 2 });
    expect(answer.headers['etag']).toBe('"2"');
    expect(await refusal('PATCH', '/connections/acme', edit, '"1"')).toEqual([412, 'precondition_failed', null]);
    const groups = {
      claim: 'groups',
      grants: [{ group: 'devs', grant: { role: 'editor', project, environment: null } }],
    };
    const next = await started.admin.write<Connection>(
      'PATCH',
      '/connections/acme',
      { groups, name: 'A' },
      { ifMatch: '"2"' },
    );
    expect(next).toMatchObject({ ...edit, domains: ['acme.example'], groups, name: 'A', version: 3 });
    const none = await started.admin.write<Connection>(
      'PATCH',
      '/connections/acme',
      { groups: null },
      { ifMatch: '*' },
    );
    expect(none.groups).toBeNull();
  });

  it.each([
    ['http://login.acme.example', '$.issuer'],
    ['https://login.acme.example?tenant=1', '$.issuer'],
    ['https://login.acme.example#tenant', '$.issuer'],
    ['https://ada:secret@login.acme.example', '$.issuer'],
    ['https://169.254.169.254', '$.issuer'],
    ['https://[fe80::1]/', '$.issuer'],
    ['login.acme.example', '$.issuer'],
    ['javascript:alert(1)', '$.issuer'],
  ])('are refused with the issuer %s', async (issuer, path) => {
    expect(await refusal('POST', '/connections', { ...ACME, key: 'bad', issuer })).toEqual([
      400,
      'invalid_request',
      path,
    ]);
  });

  it.each([
    [{ domains: ['*.acme.example'] }, '$.domains[0]'],
    [{ domains: ['acme'] }, '$.domains[0]'],
    [{ grants: [{ role: 'viewer', project: 'nothing', environment: null }] }, '$.grants[0].project'],
    [
      {
        groups: {
          claim: 'groups',
          grants: [{ group: 'a', grant: { role: 'viewer', project: 'nothing', environment: null } }],
        },
      },
      '$.groups.grants[0].grant.project',
    ],
    [{ issuer: 'https://login.other.example' }, '$.issuer'],
    [{ key: 'other' }, '$.key'],
  ])('are not edited to %j', async (edit, path) => {
    expect(await refusal('PATCH', '/connections/acme', edit, '*')).toEqual([400, 'invalid_request', path]);
  });

  it('are archived for good, and never have the same key again', async () => {
    await started.admin.write('POST', '/connections', { ...ACME, key: 'old' });
    expect(await refusal('POST', '/connections', { ...ACME, key: 'old' })).toEqual([409, 'already_exists', null]);
    const gone = await started.admin.write<Connection>('POST', '/connections/old/archive', undefined, {
      ifMatch: '"1"',
    });
    expect(gone.archivedAt).not.toBeNull();
    expect(await refusal('PATCH', '/connections/old', { name: 'New' }, '*')).toEqual([409, 'archived', null]);
    expect(await refusal('POST', '/connections', { ...ACME, key: 'old' })).toEqual([409, 'already_exists', null]);
    expect(await refusal('PATCH', '/connections/nothing', { name: 'New' }, '*')).toEqual([404, 'not_found', null]);
  });

  it('are at most twenty, however many are made at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 21 }, (_, i) => started.admin.send('POST', '/connections', { ...ACME, key: `many-${i}` })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(19);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201, 409]));
  });
});
