import { describe, expect, it } from 'vitest';
import { type Grant, Rights, type Role } from './rights.ts';

const [SHOP, OTHER, PRODUCTION, STAGING] = ['shop', 'other', 'production', 'staging'];

function grant(role: Role, projectId: string | null = null, environmentId: string | null = null): Grant {
  return { role, projectId, environmentId };
}

function rights(...grants: readonly Grant[]): Rights {
  return new Rights(grants);
}

describe('the role that grants give', () => {
  it.each([
    ['nothing', [], [null, null, null, null]],
    ['a viewer of everything', [grant('viewer')], ['viewer', 'viewer', 'viewer', 'viewer']],
    ['an editor of one project', [grant('editor', SHOP)], [null, 'editor', 'editor', 'editor']],
    ['an editor of one environment', [grant('editor', SHOP, STAGING)], [null, null, null, 'editor']],
    [
      'an editor who only sees production',
      [grant('editor', SHOP), grant('viewer', SHOP, PRODUCTION)],
      [null, 'editor', 'viewer', 'editor'],
    ],
    [
      'a viewer who administers one environment',
      [grant('viewer', SHOP), grant('admin', SHOP, STAGING)],
      [null, 'viewer', 'viewer', 'admin'],
    ],
    [
      'an editor of everything who only sees one project',
      [grant('editor'), grant('viewer', SHOP)],
      ['editor', 'viewer', 'viewer', 'viewer'],
    ],
    [
      'an admin, whatever else was given',
      [grant('admin'), grant('viewer', SHOP), grant('viewer', SHOP, PRODUCTION)],
      ['admin', 'admin', 'admin', 'admin'],
    ],
    [
      'an admin of a project, whatever was given in it',
      [grant('admin', SHOP), grant('viewer', SHOP, PRODUCTION)],
      [null, 'admin', 'admin', 'admin'],
    ],
    ['somebody else’s project', [grant('admin', OTHER), grant('admin', OTHER, 'live')], [null, null, null, null]],
  ] as const)('is, for %s, what the narrowest says', (_, grants, expected) => {
    const has = rights(...grants);
    const staging = has.inEnvironment(SHOP, STAGING);
    expect([has.inInstallation, has.inProject(SHOP), has.inEnvironment(SHOP, PRODUCTION), staging]).toEqual([
      expected[0],
      expected[1],
      expected[2],
      expected[3],
    ]);
  });

  it('makes visible what any grant is about, and nothing else', () => {
    const has = rights(grant('viewer', SHOP, STAGING), grant('editor', OTHER));
    expect([has.somewhereIn(SHOP), has.somewhereIn(OTHER), has.somewhereIn('third')]).toEqual([
      'viewer',
      'editor',
      null,
    ]);
    expect(has.visibleProjects()).toEqual([SHOP, OTHER]);
    expect(has.visible(SHOP, [{ id: PRODUCTION }, { id: STAGING }])).toEqual([{ id: STAGING }]);
    expect(rights(grant('viewer')).visibleProjects()).toBeNull();
  });

  it('is required by name', () => {
    const has = rights(grant('viewer', SHOP));
    const production = { id: PRODUCTION, key: 'production' };
    expect(() => has.require('viewer', SHOP, production)).not.toThrow();
    expect(() => has.require('editor', SHOP, production)).toThrow(
      'This needs the role editor in environment production; yours there is viewer.',
    );
    expect(() => has.require('viewer', OTHER, production)).toThrow('you have none there');
  });

  it('lets an admin give away what lies in their own scope only', () => {
    const projectAdmin = rights(grant('admin', SHOP));
    expect(projectAdmin.administers(grant('admin', SHOP))).toBe(true);
    expect(projectAdmin.administers(grant('viewer', SHOP, PRODUCTION))).toBe(true);
    expect(projectAdmin.administers(grant('viewer', OTHER))).toBe(false);
    expect(projectAdmin.administers(grant('viewer'))).toBe(false);
    expect(rights(grant('admin', SHOP, STAGING)).administers(grant('viewer', SHOP))).toBe(false);
    expect(rights(grant('editor')).administers(grant('viewer', SHOP))).toBe(false);
    expect(rights(grant('admin')).administers(grant('admin'))).toBe(true);
  });
});
