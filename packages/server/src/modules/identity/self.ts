/** Whoever is signed in, as they are now. */
import type { Session } from '@flaghoist/protocol/management';
import type { Queryable } from '../../platform/database.ts';
import type { SignedIn } from '../../platform/principal.ts';
import { Refusal } from '../../platform/refusal.ts';
import type { Visitor } from './auth-engine.ts';
import type { PasswordProofs } from './password-proofs.ts';
import { type PersonRow, personById } from './person-rows.ts';
import type { Sessions } from './sessions.ts';
import type { SignIn } from './sign-in.ts';

export type Self = ReturnType<typeof createSelf>;

export function createSelf(deps: {
  readonly sessions: Sessions;
  readonly signIn: SignIn;
  readonly proofs: PasswordProofs;
}) {
  return {
    async person({ personId }: SignedIn, on: Queryable): Promise<PersonRow> {
      const person = await personById(on, personId);
      if (person === undefined) throw new Error('a session belongs to nobody');
      return person;
    },

    async session({ personId, sessionId }: SignedIn, on: Queryable): Promise<Session> {
      const expiresAt = await deps.sessions.expiryOf(sessionId, on);
      if (expiresAt === null) throw new Refusal('unauthenticated', 'The session has just ended. Sign in again.');
      return deps.signIn.describe(on, personId, { id: sessionId, expiresAt });
    },

    /** @throws {Refusal} `password_wrong`, `too_many_attempts`. */
    async requirePassword({ email }: PersonRow, password: string, from: Visitor): Promise<void> {
      if ((await deps.proofs.prove(email, password, from)) === null)
        throw new Refusal('password_wrong', 'This is not your present password.');
    },
  };
}
