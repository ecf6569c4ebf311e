/** The second factor: an authenticator app, and recovery codes for the day the phone is lost. */
import { randomBytes } from '@flaghoist/runtime/crypto';
import { affected, type Queryable, row, rows, sql, type Tx } from '../../platform/database.ts';
import { Refusal } from '../../platform/refusal.ts';
import type { InstallationSecret } from './installation-secret.ts';
import { acceptTotp, base32, totpUri } from './totp.ts';

const SECRET_BYTES = 20;
const RECOVERY_CODES = 10;
/** 80 random bits each, as four groups of four letters and digits. */
const RECOVERY_BYTES = 10;
const PURPOSE = 'totp secret';

interface TotpRow {
  readonly secret: Uint8Array;
  readonly confirmedAt: string | null;
  readonly lastStep: number;
}

export type SecondFactor = ReturnType<typeof createSecondFactor>;

export function createSecondFactor(deps: { readonly secret: InstallationSecret; readonly now: () => Date }) {
  const hashOf = (personId: string, code: string): string =>
    deps.secret.sign('recovery code', `${personId}\n${code.toLowerCase().replaceAll(/[^0-9a-z]/g, '')}`);

  /** Locked until the transaction ends, so that one code cannot be used twice at once. */
  async function find(tx: Tx, personId: string): Promise<TotpRow | undefined> {
    return row(
      tx,
      sql<TotpRow>`select secret, confirmed_at as "confirmedAt", last_step as "lastStep" from totp
        where person_id = ${personId}::uuid for update`,
    );
  }

  async function useTotp(tx: Tx, personId: string, found: TotpRow, code: string): Promise<boolean> {
    const secret = Buffer.from(deps.secret.open(PURPOSE, personId, found.secret), 'base64url');
    const step = acceptTotp(secret, code.trim(), deps.now(), found.lastStep);
    if (step === null) return false;
    await sql`update totp set last_step = ${step} where person_id = ${personId}::uuid`.execute(tx);
    return true;
  }

  return {
    async isOn(on: Queryable, personId: string): Promise<boolean> {
      return (
        (await row(on, sql`select 1 from totp where person_id = ${personId}::uuid and confirmed_at is not null`)) !==
        undefined
      );
    },

    /** Which of these people have it on. */
    async among(on: Queryable, personIds: readonly string[]): Promise<ReadonlySet<string>> {
      const found = await rows(
        on,
        sql<{ id: string }>`select person_id as id from totp
          where person_id = any(${personIds}::uuid[]) and confirmed_at is not null`,
      );
      return new Set(found.map(({ id }) => id));
    },

    /** A new secret and recovery codes, which count once a code has confirmed them; replaces ones that were not confirmed. */
    async begin(tx: Tx, person: { readonly id: string; readonly email: string }) {
      if ((await find(tx, person.id))?.confirmedAt != null)
        throw new Refusal('already_exists', 'An authenticator app is set up. Remove it first.');
      const secret = randomBytes(SECRET_BYTES);
      const sealed = deps.secret.seal(PURPOSE, person.id, secret.toString('base64url'));
      await sql`insert into totp (person_id, secret) values (${person.id}::uuid, ${sealed})
        on conflict (person_id) do update set secret = excluded.secret, last_step = 0`.execute(tx);
      const recoveryCodes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode);
      await sql`delete from recovery_codes where person_id = ${person.id}::uuid`.execute(tx);
      for (const code of recoveryCodes)
        await sql`insert into recovery_codes (person_id, hash) values (${person.id}::uuid, ${hashOf(person.id, code)})`.execute(
          tx,
        );
      return { uri: totpUri(secret, person.email), secret: base32(secret), recoveryCodes };
    },

    /** Turns it on. @throws {Refusal} `code_wrong`; `not_found` when it was not begun. */
    async confirm(tx: Tx, personId: string, code: string): Promise<void> {
      const found = await find(tx, personId);
      if (found === undefined || found.confirmedAt !== null)
        throw new Refusal('not_found', 'No authenticator app waits to be confirmed. Begin with POST /api/v1/me/totp.');
      if (!(await useTotp(tx, personId, found, code)))
        throw new Refusal(
          'code_wrong',
          'This is not the code that the app shows now. Is the clock of the phone right?',
        );
      await sql`update totp set confirmed_at = ${deps.now().toISOString()} where person_id = ${personId}::uuid`.execute(
        tx,
      );
    },

    /** Whether a code of the app or a recovery code is good; each of both is good once. */
    async use(tx: Tx, personId: string, code: string): Promise<boolean> {
      const found = await find(tx, personId);
      if (found === undefined || found.confirmedAt === null) return false;
      if (await useTotp(tx, personId, found, code)) return true;
      const hash = hashOf(personId, code);
      const used = await affected(
        tx,
        sql`delete from recovery_codes where person_id = ${personId}::uuid and hash = ${hash}`,
      );
      return used === 1;
    },

    /** False: there was nothing to remove. */
    async remove(tx: Tx, personId: string): Promise<boolean> {
      await sql`delete from recovery_codes where person_id = ${personId}::uuid`.execute(tx);
      return (await affected(tx, sql`delete from totp where person_id = ${personId}::uuid`)) === 1;
    },
  };
}

function newRecoveryCode(): string {
  return (base32(randomBytes(RECOVERY_BYTES)).toLowerCase().match(/.{4}/g) ?? []).join('-');
}
