/** What this module asks of whoever puts it on a page: editors of roles, which another module owns. */
import type { ComponentType } from 'react';
import type { Grant } from '../../api/openapi.d.ts';
import type { GroupGrant } from './connection-draft.ts';

export interface RoleEditors {
  readonly GrantsField: ComponentType<{
    readonly legend: string;
    readonly hint?: string | undefined;
    readonly initial: readonly Grant[];
    /** Null while something is not complete. */
    readonly onChange: (grants: readonly Grant[] | null) => void;
    readonly error?: string | undefined;
    readonly empty?: string | undefined;
  }>;
  readonly GroupGrantsField: ComponentType<{
    readonly initial: readonly GroupGrant[];
    readonly onChange: (grants: readonly GroupGrant[] | null) => void;
    readonly error?: string | undefined;
  }>;
}
