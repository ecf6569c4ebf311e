/** Accepting an invitation: it makes an account, or adds its roles to the one that is there. */
import { parseSecret } from '@flaghoist/protocol/keys';
import { sha256 } from '@flaghoist/runtime/crypto';
import { affected, type Db, row, sql } from '../../platform/database.ts';
import { Refusal } from '../../platform/refusal.ts';
import { type Grants, showGrant } from '../access/index.ts';
import { chainOf } from '../audit/index.ts';
import type { Changes, Command, UnitOfWork, Written } from '../changes/index.ts';
import type { Attempts } from './attempts.ts';
import type { AuthEngine, Visitor } from './auth-engine.ts';
import { type Invitation, type InvitationRow, INVITATIONS, showInvitation, withGrants } from './invitation-rows.ts';
import type { Inviters } from './inviters.ts';
import type { PasswordProofs } from './password-proofs.ts';
import { requireGoodPassword } from './passwords.ts';
import { keepAnAdmin } from './last-admin.ts';
import { failed } from './sessions.ts';
import type { SignIn } from './sign-in.ts';

const UNIQUE_VIOLATION = '23505';

export interface Acceptance {
  readonly secret: string;
  readonly name: string;
  readonly password: string;
}

interface AcceptancesDeps {
  readonly db: Db;
  readonly changes: Changes;
  readonly grants: Grants;
  readonly inviters: Inviters;
  readonly engine: AuthEngine;
  readonly attempts: Attempts;
  readonly proofs: PasswordProofs;
  readonly signIn: SignIn;
  readonly now: () => Date;
}

export function createAcceptances(deps: AcceptancesDeps) {
  const { db, changes, grants, engine, attempts, signIn } = deps;

  /** The invitation that a secret opens; undefined when there is none that is still good, and made by who may still give it. */
  async function open(secret: string, from: Visitor): Promise<Invitation | undefined> {
    const attempt = { kind: 'link', subject: null, address: from.address } as const;
    await attempts.begin(attempt);
    if (parseSecret(secret, sha256)?.kind !== 'invitation') return undefined;
    const found = await row(
      db,
      sql<InvitationRow>`${INVITATIONS} where sha256 = ${sha256(secret)} and accepted_at is null
        and revoked_at is null and expires_at > ${deps.now().toISOString()}`,
    );
    if (found === undefined) return undefined;
    await attempts.succeed(attempt);
    const [invitation] = await withGrants(db, [found]);
    return invitation !== undefined && (await deps.inviters.mayStillGive(db, invitation)) ? invitation : undefined;
  }

  /** Whoever is here already proves it with their password, and gets the grants added. */
  async function acceptAsKnown(command: Command, invitation: Invitation, { password }: Acceptance, from: Visitor) {
    const person = await deps.proofs.prove(invitation.email, password, from);
    return changes.execute(command, async (unit) => {
      if (person === null) throw failed();
      await keepAnAdmin(unit, grants, async () => {
        await spend(unit, invitation);
        await grants.add(unit, person.id, invitation.grants);
      });
      noteAccepted(unit, invitation, person.id);
      return signIn.afterFirstStep(unit.tx, person.id, from);
    });
  }

  async function acceptAsNew(command: Command, invitation: Invitation, input: Acceptance, from: Visitor) {
    requireGoodPassword(input.password, invitation.email);
    const hash = await engine.hash(input.password);
    const accepted = changes.execute(command, async (unit) => {
      await spend(unit, invitation);
      const { email } = invitation;
      const personId = await engine.createPerson(unit.tx, { email, name: input.name }, hash);
      await grants.add(unit, personId, invitation.grants);
      noteAccepted(unit, invitation, personId);
      return signIn.afterFirstStep(unit.tx, personId, from);
    });
    return accepted.catch((error: unknown) => {
      if ((error as { readonly code?: unknown }).code !== UNIQUE_VIOLATION) throw error;
      throw new Refusal(
        'already_exists',
        'Somebody with this e-mail has an account since a moment ago. Use its password.',
      );
    });
  }

  return {
    /** What whoever holds the secret is offered. */
    async read(secret: string, from: Visitor) {
      const invitation = await open(secret, from);
      if (invitation === undefined) throw invalidInvitation();
      return { ...showInvitation(invitation), hasAccount: (await engine.findByEmail(invitation.email)) !== null };
    },

    async accept(command: Command, input: Acceptance, from: Visitor): Promise<Written> {
      const invitation = await open(input.secret, from);
      if (invitation === undefined)
        // A retry finds its answer before this is thrown.
        return changes.execute(command, async () => {
          throw invalidInvitation();
        });
      const known = await engine.findByEmail(invitation.email);
      return known === null
        ? acceptAsNew(command, invitation, input, from)
        : acceptAsKnown({ ...command, actor: { ...command.actor, name: known.person.name } }, invitation, input, from);
    },
  };
}

/** Makes the invitation used; refuses when somebody else was faster. */
async function spend(unit: UnitOfWork, invitation: Invitation): Promise<void> {
  const spent = await affected(
    unit.tx,
    sql`update invitations set accepted_at = ${unit.at} where id = ${invitation.id}::uuid
      and accepted_at is null and revoked_at is null and expires_at > ${unit.at}`,
  );
  if (spent !== 1) throw invalidInvitation();
}

function noteAccepted(unit: UnitOfWork, invitation: Invitation, personId: string): void {
  unit.note(chainOf.installation(), {
    person: personId,
    accepted: invitation.id,
    granted: invitation.grants.map(showGrant),
  });
}

function invalidInvitation(): Refusal {
  return new Refusal(
    'link_invalid',
    'This invitation was used, revoked or is older than seven days, or whoever made it may no longer give what it gives. Ask for a new one.',
  );
}
