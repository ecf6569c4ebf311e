/** What people do to their own account. */
import { type Db, sql } from '../../platform/database.ts';
import type { SignedIn } from '../../platform/principal.ts';
import { Refusal } from '../../platform/refusal.ts';
import { chainOf } from '../audit/index.ts';
import type { Changes, Command, Written } from '../changes/index.ts';
import type { AuthEngine, Visitor } from './auth-engine.ts';
import { requireGoodPassword } from './passwords.ts';
import type { People } from './people.ts';
import type { Self } from './self.ts';
import { type Sessions, showEntry } from './sessions.ts';
import type { SignIn } from './sign-in.ts';

export type Me = ReturnType<typeof createMe>;

interface MeDeps {
  readonly db: Db;
  readonly engine: AuthEngine;
  readonly changes: Changes;
  readonly sessions: Sessions;
  readonly signIn: SignIn;
  readonly people: People;
  readonly self: Self;
}

export function createMe(deps: MeDeps) {
  const { engine, changes, sessions, signIn, self } = deps;

  return {
    session: (me: SignedIn) => self.session(me, deps.db),

    /** Signs out. */
    async end(command: Command, me: SignedIn): Promise<Written> {
      return changes.execute(command, async ({ tx }) => {
        await sessions.end(tx, me.personId, me.sessionId);
        return { status: 200, body: { ended: true } };
      });
    },

    async rename(command: Command, me: SignedIn, name: string): Promise<Written> {
      return changes.execute(command, async (unit) => {
        await sql`update people set name = ${name}, updated_at = ${unit.at}, version = version + 1
          where id = ${me.personId}::uuid and name <> ${name}`.execute(unit.tx);
        if (name !== me.name) unit.note(chainOf.installation(), { person: me.personId, name });
        const person = await self.person(me, unit.tx);
        return { status: 200, body: await deps.people.showSelf(person, unit.tx) };
      });
    },

    /** A new password ends every session; the answer has the cookie of a new one. */
    async changePassword(
      command: Command,
      me: SignedIn,
      input: { readonly current: string; readonly password: string },
      from: Visitor,
    ): Promise<Written> {
      const person = await self.person(me, deps.db);
      await self.requirePassword(person, input.current, from);
      requireGoodPassword(input.password, person.email);
      const hash = await engine.hash(input.password);
      return changes.execute(command, async (unit) => {
        await sessions.renewPassword(unit.tx, me.personId, hash);
        const session = await sessions.signInAs(unit.tx, me.personId, from);
        unit.note(chainOf.installation(), { person: me.personId, password: 'changed' });
        const body = await signIn.describe(unit.tx, me.personId, session);
        return { status: 200, body, headers: { 'set-cookie': session.cookie } };
      });
    },

    async sessions(me: SignedIn) {
      return (await sessions.list(me.personId)).map((session) => showEntry(session, me.sessionId));
    },

    async revokeSession(command: Command, me: SignedIn, id: string): Promise<Written> {
      return changes.execute(command, async ({ tx }) => {
        const ended = await sessions.end(tx, me.personId, id);
        if (ended === undefined) throw new Refusal('not_found', 'You have no such session.');
        return { status: 200, body: showEntry(ended, me.sessionId) };
      });
    },
  };
}
