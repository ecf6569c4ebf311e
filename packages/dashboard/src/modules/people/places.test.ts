import { describe, expect, test } from 'vitest';
import type { RoleGrant } from '../../api/rights.ts';
import { environmentsToGive, placesToGive } from './places.ts';

const named = (key: string, archivedAt: string | null = null) => ({ key, name: key, archivedAt });
const projects = [named('shop'), named('till'), named('old', '2026-01-01T00:00:00Z')];
const environments = [named('production'), named('staging'), named('gone', '2026-01-01T00:00:00Z')];
const grant = (role: RoleGrant['role'], project: string | null, environment: string | null = null): RoleGrant => ({
  role,
  project,
  environment,
});
const keys = (found: readonly { readonly key: string }[]) => found.map(({ key }) => key);

describe('where somebody may give roles', () => {
  test('is everywhere for an admin of the installation, except in what is archived', () => {
    const admin = [grant('admin', null)];
    expect(keys(placesToGive(admin, projects))).toEqual(['shop', 'till']);
    const found = environmentsToGive(admin, 'till', environments);
    expect(found.whole).toBe(true);
    expect(keys(found.environments)).toEqual(['production', 'staging']);
  });

  test('is the project that they administer', () => {
    expect(keys(placesToGive([grant('admin', 'shop'), grant('editor', 'till')], projects))).toEqual(['shop']);
  });

  test('is the environment that they administer, not the project around it', () => {
    const some = [grant('editor', 'shop'), grant('admin', 'shop', 'staging')];
    expect(keys(placesToGive(some, projects))).toEqual(['shop']);
    const found = environmentsToGive(some, 'shop', environments);
    expect(found.whole).toBe(false);
    expect(keys(found.environments)).toEqual(['staging']);
  });

  test('is nowhere for a viewer or an editor', () => {
    expect(placesToGive([grant('editor', null), grant('viewer', 'shop')], projects)).toEqual([]);
  });
});
