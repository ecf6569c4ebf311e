/** Accounts of admins, made or given back without asking another admin. */
import type { SetupAccount } from '@flaghoist/protocol/management';
import { row, sql } from '../../platform/database.ts';
import type { Grant } from '../../platform/rights.ts';
import type { Grants } from '../access/index.ts';
import type { UnitOfWork } from '../changes/index.ts';
import type { AuthEngine } from './auth-engine.ts';
import type { SecondFactor } from './second-factor.ts';
import type { Sessions } from './sessions.ts';

const ADMIN: Grant = { role: 'admin', projectId: null, environmentId: null };

interface AdminAccountsDeps {
  readonly grants: Grants;
  readonly engine: AuthEngine;
  readonly sessions: Sessions;
  readonly secondFactor: SecondFactor;
}

export function createAdminAccounts({ grants, engine, sessions, secondFactor }: AdminAccountsDeps) {
  async function makeAdmin(unit: UnitOfWork, { email, name }: SetupAccount, hash: string): Promise<string> {
    const personId = await engine.createPerson(unit.tx, { email: email.toLowerCase(), name }, hash);
    await grants.add(unit, personId, [ADMIN]);
    await trustEmail(unit, personId);
    return personId;
  }

  /** Whoever holds a link that this machine has shown to its operator is believed. */
  async function trustEmail(unit: UnitOfWork, personId: string): Promise<void> {
    await sql`update people set email_verified = true where id = ${personId}::uuid`.execute(unit.tx);
  }

  return {
    /** Answers the new person's id. */
    makeAdmin,

    /** The account of this e-mail as an admin's, whatever it was before; a new one where there is none. */
    async recover(unit: UnitOfWork, input: SetupAccount, hash: string): Promise<string> {
      const email = input.email.toLowerCase();
      const found = await row(unit.tx, sql<{ id: string }>`select id from people where email = ${email} for update`);
      if (found === undefined) return makeAdmin(unit, input, hash);
      await sql`update people set disabled_at = null, updated_at = ${unit.at}, version = version + 1
        where id = ${found.id}::uuid`.execute(unit.tx);
      await sessions.renewPassword(unit.tx, found.id, hash);
      await secondFactor.remove(unit.tx, found.id);
      await grants.add(unit, found.id, [ADMIN]);
      await trustEmail(unit, found.id);
      return found.id;
    },
  };
}
