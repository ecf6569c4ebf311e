/** Signing in: a password, then a code where an authenticator app is set up. */
import type { Session, SignIn as SignInAnswer } from '@flaghoist/protocol/management';
import type { Queryable, Tx } from '../../platform/database.ts';
import { Refusal } from '../../platform/refusal.ts';
import { type Grants, showGrant } from '../access/index.ts';
import type { Answer, Changes, Command, Written } from '../changes/index.ts';
import type { Attempts } from './attempts.ts';
import { type AuthEngine, SECOND_STEP_SECONDS, type Visitor } from './auth-engine.ts';
import type { Cookies } from './cookies.ts';
import type { PasswordProofs } from './password-proofs.ts';
import { personById } from './person-rows.ts';
import type { SecondFactor } from './second-factor.ts';
import { failed, type NewSession, type Sessions } from './sessions.ts';

export type SignIn = ReturnType<typeof createSignIn>;

interface SignInDeps {
  readonly engine: AuthEngine;
  readonly changes: Changes;
  readonly grants: Grants;
  readonly sessions: Sessions;
  readonly secondFactor: SecondFactor;
  readonly attempts: Attempts;
  readonly proofs: PasswordProofs;
  readonly cookies: Cookies;
}

export function createSignIn(deps: SignInDeps) {
  const { engine, changes, sessions, secondFactor, attempts, proofs, cookies } = deps;

  /** What a browser is told of its session. Inside a transaction `on` has to be its `tx`. */
  async function describe(on: Queryable, personId: string, session: Omit<NewSession, 'cookie'>): Promise<Session> {
    const person = await personById(on, personId);
    if (person === undefined) throw new Error('a session belongs to nobody');
    const { id, email, name } = person;
    return {
      person: { id, email, name, totp: await secondFactor.isOn(on, personId) },
      grants: (await deps.grants.of(personId, on)).map(showGrant),
      csrf: sessions.csrfOf(session.id),
      expiresAt: session.expiresAt,
    };
  }

  async function signedIn(tx: Tx, personId: string, from: Visitor): Promise<Answer> {
    const session = await sessions.signInAs(tx, personId, from);
    const body: SignInAnswer = { state: 'signed in', session: await describe(tx, personId, session) };
    return { status: 201, body, headers: { 'set-cookie': session.cookie } };
  }

  /** For whoever has proved the first factor: a session, or the second step where there is one. */
  async function afterFirstStep(tx: Tx, personId: string, from: Visitor): Promise<Answer> {
    if (!(await secondFactor.isOn(tx, personId))) return signedIn(tx, personId, from);
    const ticket = await engine.beginSecondStep(tx, personId);
    const body: SignInAnswer = { state: 'code needed', session: null };
    return {
      status: 201,
      body,
      headers: { 'set-cookie': cookies.set(cookies.pending, ticket, SECOND_STEP_SECONDS) },
    };
  }

  return {
    describe,
    afterFirstStep,

    async withPassword(
      command: Command,
      { email, password }: { readonly email: string; readonly password: string },
      from: Visitor,
    ): Promise<Written> {
      const person = await proofs.prove(email, password, from);
      return changes.execute(command, async ({ tx }) => {
        if (person === null) throw failed();
        return afterFirstStep(tx, person.id, from);
      });
    },

    /** `cookieHeader` has the ticket of the first step. */
    async withCode(
      command: Command,
      { cookieHeader, code }: { readonly cookieHeader: string | undefined; readonly code: string },
      from: Visitor,
    ): Promise<Written> {
      const signed = cookies.read(cookieHeader, cookies.pending);
      const ticket = signed === null ? null : cookies.tokenOf(signed);
      const personId = ticket === null ? null : await engine.personInSecondStep(ticket);
      const attempt = { kind: 'code', subject: personId ?? '', address: from.address } as const;
      if (personId !== null) await attempts.begin(attempt);
      const written = await changes.execute(command, async ({ tx }) => {
        if (personId === null || ticket === null)
          throw new Refusal(
            'sign_in_failed',
            'There is no sign-in that waits for a code. Begin again with the password.',
          );
        const isRight = await secondFactor.use(tx, personId, code);
        const isFirst = isRight && (await engine.endSecondStep(tx, ticket));
        if (!isFirst)
          throw new Refusal(
            'sign_in_failed',
            'This code is wrong or was used before. Wait for the next one, or use a recovery code.',
          );
        return signedIn(tx, personId, from);
      });
      if (personId !== null) await attempts.succeed(attempt);
      return written;
    },
  };
}
