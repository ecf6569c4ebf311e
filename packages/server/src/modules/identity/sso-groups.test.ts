import { describe, expect, it } from 'vitest';
import type { NamedGrant } from '../access/index.ts';
import { applyGroups, groupsIn, wantedBy } from './sso-groups.ts';

const grant = (role: NamedGrant['role'], project: string | null, environment: string | null = null): NamedGrant => ({
  role,
  project,
  environment,
  projectId: project,
  environmentId: environment,
});
const given = (role: NamedGrant['role'], project: string | null) => ({ role, project, environment: null });

describe('the groups in a token', () => {
  it('are texts', () => {
    expect(groupsIn({ groups: ['a', 1, null, 'b'] }, 'groups')).toEqual(['a', 'b']);
    expect(groupsIn({ groups: 'a' }, 'groups')).toEqual(['a']);
    expect(groupsIn({ groups: { a: true } }, 'groups')).toEqual([]);
  });

  it('are none when the claim is not there, and unknown when it is elsewhere', () => {
    expect(groupsIn({}, 'groups')).toEqual([]);
    expect(groupsIn({ _claim_names: { groups: 'src1' } }, 'groups')).toBeNull();
  });
});

describe('what groups give', () => {
  it('is the highest role for each place', () => {
    const grants = [
      { group: 'all', grant: given('viewer', null) },
      { group: 'shop', grant: given('viewer', 'shop') },
      { group: 'leads', grant: given('admin', 'shop') },
      { group: 'devs', grant: given('editor', 'shop') },
      { group: 'others', grant: given('admin', null) },
    ];
    expect(wantedBy({ claim: 'groups', grants }, ['all', 'shop', 'leads', 'devs'])).toEqual([
      given('viewer', null),
      given('admin', 'shop'),
    ]);
    expect(wantedBy({ claim: 'groups', grants }, [])).toEqual([]);
  });
});

describe('applying groups', () => {
  const shop = grant('editor', 'shop');
  const blog = grant('viewer', 'blog');

  it('adds what they give, and remembers that', () => {
    expect(applyGroups({ grants: [blog], given: [] }, [shop])).toEqual({ grants: [blog, shop], given: [shop] });
  });

  it('takes away what they gave and give no more, and nothing else', () => {
    expect(applyGroups({ grants: [blog, shop], given: [shop] }, [])).toEqual({ grants: [blog], given: [] });
  });

  it('changes the role that they gave', () => {
    const admin = grant('admin', 'shop');
    expect(applyGroups({ grants: [shop], given: [shop] }, [admin])).toEqual({ grants: [admin], given: [admin] });
  });

  it('leaves a grant that was given by hand, or changed by hand since', () => {
    const byHand = grant('viewer', 'shop');
    expect(applyGroups({ grants: [byHand], given: [] }, [shop])).toEqual({ grants: [byHand], given: [] });
    expect(applyGroups({ grants: [byHand], given: [shop] }, [shop])).toEqual({ grants: [byHand], given: [] });
    expect(applyGroups({ grants: [byHand], given: [shop] }, [])).toEqual({ grants: [byHand], given: [] });
  });

  it('forgets what somebody took away by hand, and gives it again while the groups say so', () => {
    expect(applyGroups({ grants: [], given: [shop] }, [])).toEqual({ grants: [], given: [] });
    expect(applyGroups({ grants: [], given: [shop] }, [shop])).toEqual({ grants: [shop], given: [shop] });
  });

  it('tells an environment from its project', () => {
    const production = grant('viewer', 'shop', 'production');
    expect(applyGroups({ grants: [production], given: [] }, [shop]).grants).toEqual([production, shop]);
  });
});
