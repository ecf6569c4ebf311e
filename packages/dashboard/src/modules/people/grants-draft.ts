/** Roles as they are being given: rows of a role and where it holds. What a row says is complete only once a place is chosen. */
import type { Grant } from '../../api/openapi.d.ts';
import type { Role } from '../../api/rights.ts';

export type Place =
  | { readonly in: 'nothing' }
  | { readonly in: 'installation' }
  /** `environment` null: the whole project. */
  | { readonly in: 'project'; readonly project: string; readonly environment: string | null };

export interface GrantRow {
  /** Stays the same while the row is edited. */
  readonly id: number;
  readonly role: Role;
  readonly place: Place;
}

export type GrantAction =
  | { readonly do: 'add' }
  | { readonly do: 'remove'; readonly id: number }
  | { readonly do: 'set role'; readonly id: number; readonly role: Role }
  | { readonly do: 'set place'; readonly id: number; readonly place: Place };

/** The rows of grants that are there. */
export function rowsOf(grants: readonly Grant[]): readonly GrantRow[] {
  return grants.map(({ role, project, environment }, id) => ({
    id,
    role,
    place: project === null ? { in: 'installation' } : { in: 'project', project, environment },
  }));
}

/** One row to begin with: people are invited to look around more often than to administer. */
export const NEW_ROWS: readonly GrantRow[] = [{ id: 0, role: 'viewer', place: { in: 'nothing' } }];

export function stepRows(rows: readonly GrantRow[], action: GrantAction): readonly GrantRow[] {
  switch (action.do) {
    case 'add': {
      const id = 1 + Math.max(-1, ...rows.map((row) => row.id));
      return [...rows, { id, role: rows.at(-1)?.role ?? 'viewer', place: { in: 'nothing' } }];
    }
    case 'remove':
      return rows.filter(({ id }) => id !== action.id);
    case 'set role':
      return rows.map((row) => (row.id === action.id ? { ...row, role: action.role } : row));
    case 'set place':
      return rows.map((row) => (row.id === action.id ? { ...row, place: action.place } : row));
  }
}

/** What the complete rows give. */
export function grantsOf(rows: readonly GrantRow[]): readonly Grant[] {
  return rows.flatMap(({ role, place }): Grant[] => {
    if (place.in === 'nothing') return [];
    if (place.in === 'installation') return [{ role, project: null, environment: null }];
    return [{ role, project: place.project, environment: place.environment }];
  });
}

/** What is wrong with rows, by their id. */
export function checkRows(rows: readonly GrantRow[]): ReadonlyMap<number, string> {
  const problems = new Map<number, string>();
  const seen = new Set<string>();
  for (const { id, place } of rows) {
    if (place.in === 'nothing') {
      problems.set(id, 'Choose where this role holds, or remove the row.');
      continue;
    }
    const where = placeText(place);
    if (seen.has(where)) problems.set(id, 'There is a row for this place already. Keep one of them.');
    seen.add(where);
  }
  return problems;
}

/** Rows that change nothing because a wider role is an admin’s, by their id. */
export function idleRows(rows: readonly GrantRow[]): ReadonlyMap<number, string> {
  const admins = new Set(rows.flatMap(({ role, place }) => (role === 'admin' ? [placeText(place)] : [])));
  const idle = new Map<number, string>();
  for (const { id, place } of rows) {
    if (place.in !== 'project') continue;
    if (admins.has('installation')) idle.set(id, 'Changes nothing: an admin of every project is one here too.');
    else if (place.environment !== null && admins.has(placeText({ ...place, environment: null })))
      idle.set(id, 'Changes nothing: an admin of the project is one in all its environments.');
  }
  return idle;
}

/** Whether two lists give the same, in whatever order. */
export function isSameGrants(one: readonly Grant[], other: readonly Grant[]): boolean {
  const text = ({ role, project, environment }: Grant): string => JSON.stringify([role, project, environment]);
  const texts = new Set(other.map(text));
  return one.length === other.length && one.every((grant) => texts.has(text(grant)));
}

function placeText(place: Place): string {
  if (place.in !== 'project') return place.in;
  return JSON.stringify([place.project, place.environment]);
}
