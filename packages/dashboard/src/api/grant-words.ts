/** Grants in words. */
import type { Grant } from './openapi.d.ts';
import type { Role } from './rights.ts';

export const ROLE_WORDS: Readonly<Record<Role, string>> = { viewer: 'Viewer', editor: 'Editor', admin: 'Admin' };

/** What somebody with a role may do, where it holds. */
export const ROLE_MEANINGS: Readonly<Record<Role, string>> = {
  viewer: 'Sees everything, changes nothing',
  editor: 'Changes flags and segments',
  admin: 'Also keys, settings and people',
};

/** Names by key. What has no name here is called by its key. */
export interface GrantNames {
  readonly project: (key: string) => string | undefined;
  readonly environment: (project: string, key: string) => string | undefined;
}

export const KEYS_AS_NAMES: GrantNames = { project: () => undefined, environment: () => undefined };

/** “Editor in Shop”, “Viewer in Shop · Production”, “Admin of the installation”, “Viewer in every project”. */
export function grantWords(grant: Grant, names: GrantNames = KEYS_AS_NAMES): string {
  if (grant.project === null)
    return grant.role === 'admin' ? 'Admin of the installation' : `${ROLE_WORDS[grant.role]} in every project`;
  return `${ROLE_WORDS[grant.role]} in ${grantPlace(grant, names)}`;
}

/** Where a grant holds: “every project”, “Shop”, “Shop, Production”. */
export function grantPlace({ project, environment }: Grant, names: GrantNames = KEYS_AS_NAMES): string {
  if (project === null) return 'every project';
  const whole = names.project(project) ?? project;
  return environment === null ? whole : `${whole}, ${names.environment(project, environment) ?? environment}`;
}

/** From the widest to the narrowest, then by name: the order in which people read them. */
export function sortGrants<G extends Grant>(grants: readonly G[]): readonly G[] {
  const text = (grant: Grant): string => `${grant.project ?? ''}\n${grant.environment ?? ''}`;
  return [...grants].sort((one, other) => (text(one) < text(other) ? -1 : text(one) > text(other) ? 1 : 0));
}
