/** Setting up one's own authenticator app, and removing it. */
import type { Db } from '../../platform/database.ts';
import type { SignedIn } from '../../platform/principal.ts';
import { chainOf } from '../audit/index.ts';
import type { Changes, Command, Written } from '../changes/index.ts';
import type { Attempts } from './attempts.ts';
import type { Visitor } from './auth-engine.ts';
import type { SecondFactor } from './second-factor.ts';
import type { Self } from './self.ts';

interface MyTotpDeps {
  readonly db: Db;
  readonly changes: Changes;
  readonly secondFactor: SecondFactor;
  readonly attempts: Attempts;
  readonly self: Self;
}

export function createMyTotp({ db, changes, secondFactor, attempts, self }: MyTotpDeps) {
  return {
    async begin(command: Command, me: SignedIn, password: string, from: Visitor): Promise<Written> {
      const person = await self.person(me, db);
      await self.requirePassword(person, password, from);
      return changes.execute(command, async ({ tx }) => ({ status: 201, body: await secondFactor.begin(tx, person) }));
    },

    async confirm(command: Command, me: SignedIn, code: string, from: Visitor): Promise<Written> {
      const attempt = { kind: 'code', subject: me.personId, address: from.address } as const;
      await attempts.begin(attempt);
      const written = await changes.execute(command, async (unit) => {
        await secondFactor.confirm(unit.tx, me.personId, code);
        unit.note(chainOf.installation(), { person: me.personId, totp: 'on' });
        return { status: 200, body: await self.session(me, unit.tx) };
      });
      await attempts.succeed(attempt);
      return written;
    },

    async remove(command: Command, me: SignedIn, password: string, from: Visitor): Promise<Written> {
      await self.requirePassword(await self.person(me, db), password, from);
      return changes.execute(command, async (unit) => {
        if (await secondFactor.remove(unit.tx, me.personId))
          unit.note(chainOf.installation(), { person: me.personId, totp: 'off' });
        return { status: 200, body: await self.session(me, unit.tx) };
      });
    },
  };
}
