/** Giving people roles and taking them, and disabling people. */
import type { PersonEdit } from '@flaghoist/protocol/management';
import { sql } from '../../platform/database.ts';
import { requireMatch } from '../../platform/etag.ts';
import { invalid, Refusal } from '../../platform/refusal.ts';
import { forbidden, type Rights } from '../../platform/rights.ts';
import { type Grants, isSameScope, type NamedGrant, showGrant, type Tokens } from '../access/index.ts';
import { chainOf } from '../audit/index.ts';
import type { Changes, Command, UnitOfWork, Written } from '../changes/index.ts';
import { keepAnAdmin } from './last-admin.ts';
import type { People } from './people.ts';
import { type PersonRow, personById } from './person-rows.ts';
import type { Sessions } from './sessions.ts';

interface PersonEditsDeps {
  readonly changes: Changes;
  readonly grants: Grants;
  readonly tokens: Tokens;
  readonly sessions: Sessions;
  readonly people: People;
}

export function createPersonEdits(deps: PersonEditsDeps) {
  const { changes, grants, people } = deps;

  async function replaceGrants(
    unit: UnitOfWork,
    person: PersonRow,
    wanted: readonly NamedGrant[],
    rights: Rights,
  ): Promise<boolean> {
    const before = await grants.of(person.id, unit.tx);
    const kept = before.filter((grant) => !rights.administers(grant));
    const mine = before.filter((grant) => rights.administers(grant));
    if (isSameList(mine, wanted)) return false;
    await grants.replace(unit, person.id, [...kept, ...wanted]);
    const removed = mine.filter((grant) => !wanted.some((one) => isSameGrant(one, grant)));
    const added = wanted.filter((grant) => !mine.some((one) => isSameGrant(one, grant)));
    unit.note(chainOf.installation(), {
      person: person.id,
      name: person.name,
      granted: added.map(showGrant),
      withdrawn: removed.map(showGrant),
    });
    return true;
  }

  async function setDisabled(unit: UnitOfWork, person: PersonRow, disabled: boolean): Promise<boolean> {
    if ((person.disabledAt !== null) === disabled) return false;
    await sql`update people set disabled_at = ${disabled ? unit.at : null} where id = ${person.id}::uuid`.execute(
      unit.tx,
    );
    if (disabled) await deps.sessions.endAll(unit.tx, person.id);
    unit.note(chainOf.installation(), { person: person.id, name: person.name, disabled });
    return true;
  }

  return {
    /**
     * Replaces the grants that the caller administers; others stay. Disabling ends the person's sessions, and the tokens that
     * they made if that is asked for.
     *
     * @throws {Refusal} `last_admin` when nobody would be left who can sign in and administer the installation.
     */
    async edit(command: Command, id: string, ifMatch: string | undefined, edit: PersonEdit): Promise<Written> {
      const { rights } = command;
      if (edit.disabled !== undefined && rights.inInstallation !== 'admin')
        throw forbidden('admin', rights.inInstallation, 'the whole installation');
      if (edit.revokeTokens !== undefined && edit.disabled !== true)
        throw invalid(
          '$.revokeTokens',
          'revoke_tokens',
          'Tokens are revoked together with disabling: send `disabled` too.',
        );
      await people.visible(id, rights);
      const wanted = edit.grants === undefined ? undefined : await grants.resolve(edit.grants, '$.grants', rights);
      for (const grant of wanted ?? []) requireAdministered(rights, grant);
      return changes.execute(command, async (unit) => {
        await keepAnAdmin(unit, grants, async () => {
          const person = await personById(unit.tx, id);
          if (person === undefined) throw new Refusal('not_found', 'There is no such person whom you may see.');
          requireMatch(ifMatch, person.version, 'This person');
          const changed = [
            wanted !== undefined && (await replaceGrants(unit, person, wanted, rights)),
            edit.disabled !== undefined && (await setDisabled(unit, person, edit.disabled)),
          ];
          if (edit.revokeTokens === true) await deps.tokens.revokeMadeBy(unit, `person:${person.id}`);
          if (changed.includes(true))
            await sql`update people set version = version + 1, updated_at = ${unit.at} where id = ${person.id}::uuid`.execute(
              unit.tx,
            );
        });
        const edited = await personById(unit.tx, id);
        if (edited === undefined) throw new Error('a person vanished');
        return { status: 200, ...(await people.showOne(edited, rights, unit.tx)) };
      });
    },
  };
}

/** @throws {Refusal} `forbidden` when the scope of a grant is not in what these rights administer. */
export function requireAdministered(rights: Rights, grant: NamedGrant): void {
  if (rights.administers(grant)) return;
  const where =
    grant.project === null
      ? 'the whole installation'
      : grant.environment === null
        ? `project ${grant.project}`
        : `environment ${grant.environment} of project ${grant.project}`;
  throw new Refusal('forbidden', `To give or take a role in ${where} you have to be an admin there.`);
}

function isSameGrant(a: NamedGrant, b: NamedGrant): boolean {
  return a.role === b.role && isSameScope(a, b);
}

function isSameList(a: readonly NamedGrant[], b: readonly NamedGrant[]): boolean {
  return a.length === b.length && a.every((one) => b.some((other) => isSameGrant(one, other)));
}
