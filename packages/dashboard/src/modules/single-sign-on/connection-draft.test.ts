import { describe, expect, test } from 'vitest';
import type { Connection } from '../../api/openapi.d.ts';
import {
  type ConnectionDraft,
  checkDraft,
  draftOf,
  keyOf,
  NEW_CONNECTION,
  redirectUri,
  toCreate,
  toEdit,
} from './connection-draft.ts';

const filled: ConnectionDraft = {
  ...NEW_CONNECTION,
  name: 'Acme ID',
  issuer: ' https://login.acme.test ',
  clientId: 'flaghoist',
  clientSecret: 's3cret',
  domains: ['Acme.test'],
};

const kept: Connection = {
  key: 'acme',
  name: 'Acme ID',
  issuer: 'https://login.acme.test',
  clientId: 'flaghoist',
  domains: ['acme.test'],
  provision: true,
  grants: [{ role: 'viewer', project: null, environment: null }],
  groups: { claim: 'roles', grants: [{ group: 'dev', grant: { role: 'editor', project: 'shop', environment: null } }] },
  callbackPath: '/api/v1/sign-in/acme/callback',
  createdAt: '2026-01-01T00:00:00Z',
  archivedAt: null,
  version: 3,
};

describe('a new connection', () => {
  test('has a key that follows from its name, and a redirect URI from that', () => {
    expect(checkDraft(filled, true)).toEqual({});
    expect(keyOf(filled)).toBe('acme-id');
    expect(redirectUri('https://flags.acme.test', keyOf(filled))).toBe(
      'https://flags.acme.test/api/v1/sign-in/acme-id/callback',
    );
  });

  test('is sent without blanks, domains in lower case', () => {
    expect(toCreate(filled)).toEqual({
      key: 'acme-id',
      name: 'Acme ID',
      issuer: 'https://login.acme.test',
      clientId: 'flaghoist',
      clientSecret: 's3cret',
      domains: ['acme.test'],
      provision: false,
      grants: [],
      groups: null,
    });
  });

  test('needs all that the provider gives', () => {
    expect(Object.keys(checkDraft(NEW_CONNECTION, true)).sort()).toEqual([
      'clientId',
      'clientSecret',
      'issuer',
      'name',
    ]);
  });

  test('has an issuer that is a plain URL', () => {
    const problem = (issuer: string) => checkDraft({ ...filled, issuer }, true).issuer;
    expect(problem('login.acme.test')).toContain('whole URL');
    expect(problem('ftp://login.acme.test')).toContain('https://');
    expect(problem('https://login.acme.test?x=1')).toContain('begins with ?');
    expect(problem('https://login.acme.test/.well-known/openid-configuration')).toContain('Leave out');
  });

  test('takes domains, not addresses', () => {
    expect(checkDraft({ ...filled, domains: ['acme.test', 'ada@acme.test'] }, true).domains).toContain('after the @');
    expect(checkDraft({ ...filled, domains: ['acme'] }, true).domains).toContain('“acme” is not a domain');
  });
});

describe('a connection that is there', () => {
  test('comes back as it was when nothing is edited, without its secret and its issuer', () => {
    const {
      key: _key,
      issuer: _issuer,
      callbackPath: _path,
      createdAt: _at,
      archivedAt: _archived,
      version: _version,
      ...rest
    } = kept;
    expect(toEdit(draftOf(kept))).toEqual(rest);
    expect(checkDraft(draftOf(kept), false)).toEqual({});
  });

  test('gets a new secret when one is written', () => {
    expect(toEdit({ ...draftOf(kept), clientSecret: ' new ' }).clientSecret).toBe('new');
  });

  test('keeps no roles for what is turned off', () => {
    expect(toEdit({ ...draftOf(kept), provision: false, byGroups: false })).toMatchObject({ grants: [], groups: null });
  });

  test('is not sent with roles that are not complete', () => {
    expect(checkDraft({ ...draftOf(kept), grants: null }, false).grants).toContain('Complete');
    expect(checkDraft({ ...draftOf(kept), groups: null }, false).groups).toContain('Complete');
    expect(checkDraft({ ...draftOf(kept), groups: [] }, false).groups).toContain('Add a group');
    expect(checkDraft({ ...draftOf(kept), provision: false, grants: null }, false)).toEqual({});
  });
});
