/** The module identity over a fresh database, without a server around it. */
import type { Command } from '../src/modules/changes/index.ts';
import type { PasswordHasher } from '../src/modules/identity/passwords.ts';
import type { Modules } from '../src/modules.ts';
import type { Database } from '../src/platform/database.ts';
import { EVERY_RIGHT } from '../src/platform/rights.ts';
import { captureLog } from './captured-log.ts';
import { type DATABASE_KINDS, openModules } from './database-place.ts';
import { placeFor } from './started.ts';

export interface IdentityPlace {
  readonly database: Database;
  readonly identity: NonNullable<Modules['identity']>;
  /** Closes the database and takes it away. */
  close(): Promise<void>;
}

export async function openIdentity(
  kind: (typeof DATABASE_KINDS)[number],
  hasher?: PasswordHasher,
): Promise<IdentityPlace> {
  const place = await placeFor(kind);
  const { database, modules } = await openModules(place, captureLog().logger, () => new Date(), hasher);
  const { identity } = modules;
  if (identity === null) throw new Error('these modules have no identity');
  return {
    database,
    identity,
    async close() {
      await database.close();
      await place.remove();
    },
  };
}

/** By somebody who may do everything; `actor`: what the history would call them. */
export function commandBy(actor: string, action: string): Command {
  return {
    actor: { id: actor, name: actor },
    rights: EVERY_RIGHT,
    action,
    reason: null,
    idempotencyKey: null,
    fingerprint: '',
  };
}
