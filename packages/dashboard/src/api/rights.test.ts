import { expect, test } from 'vitest';
import { type RoleGrant, roleInEnvironment, roleInInstallation, roleInProject, whyNot } from './rights.ts';

const grant = (role: RoleGrant['role'], project: string | null = null, environment: string | null = null) => ({
  role,
  project,
  environment,
});

test('an admin of the installation is one everywhere', () => {
  const grants = [grant('admin'), grant('viewer', 'shop'), grant('viewer', 'shop', 'production')];
  expect(roleInProject(grants, 'shop')).toBe('admin');
  expect(roleInEnvironment(grants, 'shop', 'production')).toBe('admin');
});

test('otherwise the nearest grant counts, also when it gives less', () => {
  const grants = [grant('editor'), grant('viewer', 'shop'), grant('editor', 'shop', 'staging')];
  expect(roleInProject(grants, 'shop')).toBe('viewer');
  expect(roleInProject(grants, 'blog')).toBe('editor');
  expect(roleInEnvironment(grants, 'shop', 'staging')).toBe('editor');
  expect(roleInEnvironment(grants, 'shop', 'production')).toBe('viewer');
});

test('an admin of a project is one in all of it', () => {
  expect(roleInEnvironment([grant('admin', 'shop'), grant('viewer', 'shop', 'live')], 'shop', 'live')).toBe('admin');
});

test('a grant for one environment gives nothing beyond it', () => {
  const grants = [grant('admin', 'shop', 'staging')];
  expect(roleInProject(grants, 'shop')).toBeNull();
  expect(roleInEnvironment(grants, 'shop', 'production')).toBeNull();
  expect(roleInEnvironment(grants, 'blog', 'staging')).toBeNull();
  expect(roleInInstallation(grants)).toBeNull();
});

test('why something cannot be done is said with who can', () => {
  expect(whyNot('editor', 'editor', 'production')).toBeNull();
  expect(whyNot('viewer', 'editor', 'production')).toBe(
    'You are a viewer in production: you can look, and an editor or admin can change it.',
  );
  expect(whyNot(null, 'admin', 'shop')).toContain('no role in shop');
});
