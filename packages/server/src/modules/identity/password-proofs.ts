/** Whether a password is somebody's, within the limits on guessing. */
import type { Attempts } from './attempts.ts';
import type { AuthEngine, KnownPerson, Visitor } from './auth-engine.ts';

export type PasswordProofs = ReturnType<typeof createPasswordProofs>;

export function createPasswordProofs({
  engine,
  attempts,
}: {
  readonly engine: AuthEngine;
  readonly attempts: Attempts;
}) {
  /** It takes the same time for whom nobody knows, who has no password or is disabled. */
  async function judge(email: string, password: string): Promise<KnownPerson | null> {
    const found = await engine.findByEmail(email);
    if (found === null || found.passwordHash === null || found.person.isDisabled) {
      await engine.hash(password);
      return null;
    }
    return (await engine.verify(password, found.passwordHash)) ? found.person : null;
  }

  return {
    /**
     * The person; null when the password is not theirs, or they cannot sign in.
     *
     * @throws {Refusal} `too_many_attempts`.
     */
    async prove(email: string, password: string, from: Visitor): Promise<KnownPerson | null> {
      const attempt = { kind: 'password', subject: email.toLowerCase(), address: from.address } as const;
      await attempts.begin(attempt);
      const person = await judge(email, password);
      if (person !== null) await attempts.succeed(attempt);
      return person;
    },
  };
}
