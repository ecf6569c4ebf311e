import type { Db } from '../../platform/database.ts';
import type { Changes } from '../changes/index.ts';
import type { Projects } from '../projects/index.ts';
import { createGrants } from './grants.ts';
import { createKeys } from './keys.ts';
import { createTokens } from './tokens.ts';

export type Access = ReturnType<typeof createAccess>;

interface AccessDeps {
  readonly db: Db;
  readonly changes: Changes;
  readonly projects: Projects;
  readonly now: () => Date;
}

export function createAccess(deps: AccessDeps) {
  return { tokens: createTokens(deps), keys: createKeys(deps), grants: createGrants(deps) };
}
