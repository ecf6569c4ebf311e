/** What a person's groups at a provider come to here. Pure. */
import type { ConnectionGroups } from '@flaghoist/protocol/management';
import { isAtLeast } from '../../platform/rights.ts';
import { type GrantByKey, isSameScope, type NamedGrant } from '../access/index.ts';

/** Both lists hold one grant a place at most. */
export interface GroupGrants {
  /** All that the person has. */
  readonly grants: readonly NamedGrant[];
  /** Those among them that groups of this connection gave. */
  readonly given: readonly NamedGrant[];
}

/**
 * The names of a person's groups; null when the provider did not say. A missing claim means none, unless the provider says
 * that the list is elsewhere because it is too long (`_claim_names`).
 */
export function groupsIn(claims: Readonly<Record<string, unknown>>, claim: string): readonly string[] | null {
  const value = claims[claim];
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.filter((one) => typeof one === 'string');
  const elsewhere = claims['_claim_names'];
  return typeof elsewhere === 'object' && elsewhere !== null && claim in elsewhere ? null : [];
}

/** What the groups give: for each place the highest role. */
export function wantedBy({ grants }: ConnectionGroups, groups: readonly string[]): readonly GrantByKey[] {
  const wanted = new Map<string, GrantByKey>();
  for (const { group, grant } of grants) {
    if (!groups.includes(group)) continue;
    const place = JSON.stringify([grant.project, grant.environment]);
    const known = wanted.get(place);
    if (known === undefined || !isAtLeast(known.role, grant.role)) wanted.set(place, grant);
  }
  return [...wanted.values()];
}

/** A grant that somebody gave or changed by hand stays as it is, and is no longer the groups' to take away. */
export function applyGroups({ grants, given }: GroupGrants, wanted: readonly NamedGrant[]): GroupGrants {
  const ours = given.filter((one) => grants.some((grant) => isSameScope(grant, one) && grant.role === one.role));
  const byHand = grants.filter((grant) => !ours.some((one) => isSameScope(one, grant)));
  const next = wanted.filter((one) => !byHand.some((grant) => isSameScope(grant, one)));
  return { grants: [...byHand, ...next], given: next };
}

export function isSameGrants(a: readonly NamedGrant[], b: readonly NamedGrant[]): boolean {
  const has = (list: readonly NamedGrant[], grant: NamedGrant): boolean =>
    list.some((one) => isSameScope(one, grant) && one.role === grant.role);
  return a.length === b.length && a.every((grant) => has(b, grant));
}
