/** Links that set a password anew: made by an admin, handed over by whatever means, good once and for a day. */
import { mintSecret, parseSecret } from '@flaghoist/protocol/keys';
import { randomBytes, sha256 } from '@flaghoist/runtime/crypto';
import { affected, type Db, row, sql } from '../../platform/database.ts';
import { Refusal } from '../../platform/refusal.ts';
import { chainOf } from '../audit/index.ts';
import type { Changes, Command, Written } from '../changes/index.ts';
import type { Attempts } from './attempts.ts';
import type { AuthEngine, Visitor } from './auth-engine.ts';
import { requireGoodPassword } from './passwords.ts';
import { type PersonRow, personById } from './person-rows.ts';
import type { Sessions } from './sessions.ts';
import type { SignIn } from './sign-in.ts';

const LASTS_MS = 24 * 3_600_000;

export type PasswordResets = ReturnType<typeof createPasswordResets>;

interface PasswordResetsDeps {
  readonly db: Db;
  readonly changes: Changes;
  readonly engine: AuthEngine;
  readonly attempts: Attempts;
  readonly sessions: Sessions;
  readonly signIn: SignIn;
  readonly now: () => Date;
}

export function createPasswordResets(deps: PasswordResetsDeps) {
  const { db, changes, engine, attempts } = deps;

  /** Whose password a secret sets; undefined when it is used, old or unknown, or the person is disabled. */
  async function personBehind(secret: string, from: Visitor): Promise<PersonRow | undefined> {
    const attempt = { kind: 'link', subject: null, address: from.address } as const;
    await attempts.begin(attempt);
    if (parseSecret(secret, sha256)?.kind !== 'reset') return undefined;
    const found = await row(
      db,
      sql<{ personId: string }>`select person_id as "personId" from password_resets
        where sha256 = ${sha256(secret)} and expires_at > ${deps.now().toISOString()}`,
    );
    const person = found === undefined ? undefined : await personById(db, found.personId);
    if (person === undefined || person.disabledAt !== null) return undefined;
    await attempts.succeed(attempt);
    return person;
  }

  return {
    /** A new link; earlier ones for the same person are good no more. */
    async issue(command: Command, personId: string, origin: string): Promise<Written> {
      return changes.execute(command, async (unit) => {
        const person = await personById(unit.tx, personId);
        if (person === undefined) throw new Refusal('not_found', 'There is no such person.');
        const minted = mintSecret('reset', randomBytes(40), sha256);
        const expiresAt = new Date(new Date(unit.at).getTime() + LASTS_MS).toISOString();
        await sql`delete from password_resets where person_id = ${person.id}::uuid`.execute(unit.tx);
        await sql`insert into password_resets (sha256, person_id, created_at, expires_at)
          values (${minted.sha256}, ${person.id}::uuid, ${unit.at}, ${expiresAt})`.execute(unit.tx);
        unit.note(chainOf.installation(), { person: person.id, name: person.name, resetLink: 'made' });
        return { status: 201, body: { link: `${origin}/password-reset#${minted.text}`, expiresAt } };
      });
    },

    /** Sets the password, ends every session and goes on as a sign-in does: a second factor stays one. */
    async complete(
      command: Command,
      input: { readonly secret: string; readonly password: string },
      from: Visitor,
    ): Promise<Written> {
      const person = await personBehind(input.secret, from);
      if (person !== undefined) requireGoodPassword(input.password, person.email);
      const hash = person === undefined ? '' : await engine.hash(input.password);
      const named = person === undefined ? command : { ...command, actor: { ...command.actor, name: person.name } };
      return changes.execute(named, async (unit) => {
        const spent = await affected(
          unit.tx,
          sql`delete from password_resets where sha256 = ${sha256(input.secret)} and expires_at > ${unit.at}`,
        );
        if (person === undefined || spent !== 1) throw invalidReset();
        await deps.sessions.renewPassword(unit.tx, person.id, hash);
        unit.note(chainOf.installation(), { person: person.id, password: 'reset' });
        return deps.signIn.afterFirstStep(unit.tx, person.id, from);
      });
    },

    forgetOld: (): Promise<number> =>
      affected(db, sql`delete from password_resets where expires_at < ${deps.now().toISOString()}`),
  };
}

function invalidReset(): Refusal {
  return new Refusal('link_invalid', 'This link was used or is older than a day. Ask an admin for a new one.');
}
