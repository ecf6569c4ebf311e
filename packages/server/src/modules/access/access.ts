import type { Db } from '../../platform/database.ts';
import type { Changes } from '../changes/index.ts';
import { createKeys } from './keys.ts';
import { createSetup } from './setup.ts';
import { createTokens } from './tokens.ts';

export type Access = ReturnType<typeof createAccess>;

export function createAccess(deps: { readonly db: Db; readonly changes: Changes; readonly now: () => Date }) {
  return { setup: createSetup(deps), tokens: createTokens(deps), keys: createKeys(deps) };
}
