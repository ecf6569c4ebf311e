/** Roles by groups of an identity provider: rows of a group and the role that its members get. */
import type { Grant } from '../../api/openapi.d.ts';
import type { Role } from '../../api/rights.ts';
import { checkRows, type GrantRow, grantsOf, type Place, rowsOf } from './grants-draft.ts';

export interface GroupGrant {
  readonly group: string;
  readonly grant: Grant;
}

export interface GroupRow extends GrantRow {
  readonly group: string;
}

export type GroupAction =
  | { readonly do: 'add' }
  | { readonly do: 'remove'; readonly id: number }
  | {
      readonly do: 'edit';
      readonly id: number;
      readonly change: { readonly group?: string; readonly role?: Role; readonly place?: Place };
    };

export function groupRowsOf(grants: readonly GroupGrant[]): readonly GroupRow[] {
  return rowsOf(grants.map(({ grant }) => grant)).map((row, at) => ({ ...row, group: grants[at]?.group ?? '' }));
}

export function stepGroupRows(rows: readonly GroupRow[], action: GroupAction): readonly GroupRow[] {
  switch (action.do) {
    case 'add':
      return [
        ...rows,
        { id: 1 + Math.max(-1, ...rows.map(({ id }) => id)), group: '', role: 'viewer', place: { in: 'nothing' } },
      ];
    case 'remove':
      return rows.filter(({ id }) => id !== action.id);
    case 'edit':
      return rows.map((row) => (row.id === action.id ? { ...row, ...action.change } : row));
  }
}

/** What the complete rows give. */
export function groupGrantsOf(rows: readonly GroupRow[]): readonly GroupGrant[] {
  return rows.flatMap((row) => {
    const group = row.group.trim();
    return group === '' ? [] : grantsOf([row]).map((grant) => ({ group, grant }));
  });
}

export interface GroupRowProblem {
  readonly group?: string;
  readonly place?: string;
}

/** What is wrong with rows, by their id. One group may give several roles, each in another place. */
export function checkGroupRows(rows: readonly GroupRow[]): ReadonlyMap<number, GroupRowProblem> {
  const places = new Map<number, string>();
  for (const group of new Set(rows.map((row) => row.group.trim()))) {
    for (const [id, problem] of checkRows(rows.filter((row) => row.group.trim() === group))) places.set(id, problem);
  }
  const problems = new Map<number, GroupRowProblem>();
  for (const { id, group } of rows) {
    const place = places.get(id);
    const name = group.trim() === '' ? 'Write the group’s name as the provider sends it.' : undefined;
    if (place !== undefined || name !== undefined)
      problems.set(id, { ...(name === undefined ? {} : { group: name }), ...(place === undefined ? {} : { place }) });
  }
  return problems;
}
