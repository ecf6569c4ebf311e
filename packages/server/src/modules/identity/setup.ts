/**
 * The first start's one-time link: whoever holds it makes the first account, or the first admin token. There is no default
 * password. The same page takes the link of `flaghoist setup --recover`, for whoever has locked everybody out.
 */
import { mintSecret, parseSecret } from '@flaghoist/protocol/keys';
import type { SetupAccount } from '@flaghoist/protocol/management';
import { randomBytes, sha256 } from '@flaghoist/runtime/crypto';
import { type Db, type Queryable, row, sql } from '../../platform/database.ts';
import { Refusal } from '../../platform/refusal.ts';
import { type Grants, insertToken, showToken } from '../access/index.ts';
import { chainOf } from '../audit/index.ts';
import type { Changes, Command, UnitOfWork, Written } from '../changes/index.ts';
import { createAdminAccounts } from './admin-accounts.ts';
import type { Attempts } from './attempts.ts';
import type { AuthEngine, Visitor } from './auth-engine.ts';
import { requireGoodPassword } from './passwords.ts';
import { claimRecovery, isRecovery } from './recovery-file.ts';
import type { SecondFactor } from './second-factor.ts';
import type { Sessions } from './sessions.ts';
import type { SignIn } from './sign-in.ts';

export type Setup = ReturnType<typeof createSetup>;

interface SetupDeps {
  readonly db: Db;
  readonly data: string;
  readonly changes: Changes;
  readonly grants: Grants;
  readonly engine: AuthEngine;
  readonly attempts: Attempts;
  readonly sessions: Sessions;
  readonly secondFactor: SecondFactor;
  readonly signIn: SignIn;
  readonly now: () => Date;
}

export function createSetup(deps: SetupDeps) {
  const { db, changes, engine, sessions } = deps;
  const accounts = createAdminAccounts(deps);

  /** Somebody can get in: with a token or with an account. */
  async function isDone(on: Queryable): Promise<boolean> {
    return (await row(on, sql`select 1 from tokens union all select 1 from people limit 1`)) !== undefined;
  }

  /** Spends the setup link. */
  async function completeOnce(unit: UnitOfWork, secret: string): Promise<void> {
    // The lock makes two people who follow the link at once get one account or token between them.
    await sql`lock table setup_secrets in share row exclusive mode`.execute(unit.tx);
    const known = await row(unit.tx, sql`select 1 from setup_secrets where sha256 = ${sha256(secret)}`);
    if (await isDone(unit.tx))
      throw new Refusal('already_set_up', 'Setup was completed before. Sign in, or ask an admin for an invitation.');
    if (known === undefined) throw invalidSetup();
    await sql`delete from setup_secrets`.execute(unit.tx);
  }

  async function answer(unit: UnitOfWork, personId: string, from: Visitor) {
    const session = await sessions.signInAs(unit.tx, personId, from);
    const body = await deps.signIn.describe(unit.tx, personId, session);
    return { status: 201, body, headers: { 'set-cookie': session.cookie } };
  }

  async function recover(command: Command, input: SetupAccount, hash: string, from: Visitor): Promise<Written> {
    const claimed = await claimRecovery(deps.data);
    if (claimed === null) throw invalidSetup();
    try {
      const written = await changes.execute(command, async (unit) => {
        const personId = await accounts.recover(unit, input, hash);
        await sql`delete from setup_secrets`.execute(unit.tx);
        unit.note(chainOf.installation(), { person: personId, recovered: true });
        return answer(unit, personId, from);
      });
      await claimed.finish();
      return written;
    } catch (error) {
      await claimed.giveBack();
      throw error;
    }
  }

  return {
    isDone: () => isDone(db),

    /** A new setup secret while nobody completed the setup; null afterwards. Earlier ones stay good until then. */
    async invite(): Promise<string | null> {
      if (await isDone(db)) return null;
      const minted = mintSecret('setup', randomBytes(40), sha256);
      await sql`insert into setup_secrets (sha256, created_at) values (${minted.sha256}, ${deps.now().toISOString()})`.execute(
        db,
      );
      return minted.text;
    },

    /** Answers the first admin token. */
    async completeWithToken(command: Command, secret: string, name: string): Promise<Written> {
      if (parseSecret(secret, sha256)?.kind !== 'setup') throw invalidSetup();
      return changes.execute(command, async (unit) => {
        await completeOnce(unit, secret);
        const made = await insertToken(unit, {
          name,
          role: 'admin',
          expiresAt: null,
          createdBy: 'setup',
          createdById: null,
        });
        return { status: 201, body: { ...showToken(made.token), secret: made.secret } };
      });
    },

    /** Makes the first account, an admin's, and signs it in. With the secret of a recovery it may be anybody’s account. */
    async completeWithAccount(command: Command, input: SetupAccount, from: Visitor): Promise<Written> {
      const attempt = { kind: 'link', subject: null, address: from.address } as const;
      await deps.attempts.begin(attempt);
      if (parseSecret(input.setup, sha256)?.kind !== 'setup') throw invalidSetup();
      requireGoodPassword(input.password, input.email);
      const recovers = await isRecovery(deps.data, input.setup, deps.now());
      const hash = await engine.hash(input.password);
      const written = recovers
        ? await recover({ ...command, action: 'setup.recover' }, input, hash, from)
        : await changes.execute(command, async (unit) => {
            await completeOnce(unit, input.setup);
            const personId = await accounts.makeAdmin(unit, input, hash);
            unit.note(chainOf.installation(), { person: personId, name: input.name, granted: [{ role: 'admin' }] });
            return answer(unit, personId, from);
          });
      await deps.attempts.succeed(attempt);
      return written;
    },
  };
}

function invalidSetup(): Refusal {
  return new Refusal(
    'setup_invalid',
    'This is not the setup link of this installation. The server prints the right one each time it starts, until setup is done; `flaghoist setup --recover` makes one afterwards.',
  );
}
