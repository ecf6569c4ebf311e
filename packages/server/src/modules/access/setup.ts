/** The first start's one-time link: whoever holds it makes the first admin token. There is no default password. */
import { mintSecret, parseSecret } from '@flaghoist/protocol/keys';
import { randomBytes, sha256 } from '@flaghoist/runtime/crypto';
import { type Db, row, sql } from '../../platform/database.ts';
import { Refusal } from '../../platform/refusal.ts';
import type { Changes, Command, Written } from '../changes/index.ts';
import { insertToken, showToken } from './tokens.ts';

export function createSetup(deps: { readonly db: Db; readonly changes: Changes; readonly now: () => Date }) {
  const { db, changes } = deps;

  async function isDone(on: Db = db): Promise<boolean> {
    return (await row(on, sql`select 1 from tokens limit 1`)) !== undefined;
  }

  return {
    isDone: () => isDone(),

    /** A new setup secret while nobody completed the setup; null afterwards. Earlier ones stay good until then. */
    async invite(): Promise<string | null> {
      if (await isDone()) return null;
      const minted = mintSecret('setup', randomBytes(40), sha256);
      await sql`insert into setup_secrets (sha256, created_at) values (${minted.sha256}, ${deps.now().toISOString()})`.execute(
        db,
      );
      return minted.text;
    },

    async complete(command: Command, secret: string, name: string): Promise<Written> {
      if (parseSecret(secret, sha256)?.kind !== 'setup') throw invalidSetup();
      return changes.execute(command, async (unit) => {
        // The lock makes two people who follow the link at once get one token between them.
        await sql`lock table setup_secrets in share row exclusive mode`.execute(unit.tx);
        const done = (await row(unit.tx, sql`select 1 from tokens limit 1`)) !== undefined;
        const known = await row(unit.tx, sql`select 1 from setup_secrets where sha256 = ${sha256(secret)}`);
        if (done) throw new Refusal('already_set_up', 'Setup was completed before. Ask an admin for a token.');
        if (known === undefined) throw invalidSetup();
        const made = await insertToken(unit, { name, role: 'admin', expiresAt: null, createdBy: 'setup' });
        await sql`delete from setup_secrets`.execute(unit.tx);
        return { status: 201, body: { ...showToken(made.token), secret: made.secret } };
      });
    },
  };
}

function invalidSetup(): Refusal {
  return new Refusal(
    'setup_invalid',
    'This is not the setup link of this installation. The server prints the right one each time it starts, until setup is done.',
  );
}
