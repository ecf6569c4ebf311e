/** Whether an invitation is still its maker's to give: who lost a right must not come back by a link of before. */
import type { Queryable } from '../../platform/database.ts';
import { Rights } from '../../platform/rights.ts';
import type { Access } from '../access/index.ts';
import type { Invitation } from './invitation-rows.ts';
import { personById } from './person-rows.ts';

export type Inviters = ReturnType<typeof createInviters>;

export function createInviters({ grants, tokens }: Pick<Access, 'grants' | 'tokens'>) {
  async function rightsOf(on: Queryable, authorId: string): Promise<Rights> {
    const [kind, id = ''] = authorId.split(':');
    if (kind === 'token') return tokens.rightsOf(id, on);
    const person = await personById(on, id);
    return new Rights(person === undefined || person.disabledAt !== null ? [] : await grants.of(id, on));
  }

  return {
    /** Whoever made it is not disabled or revoked, and administers every place that it gives a role in. */
    async mayStillGive(on: Queryable, { createdById, grants: given }: Invitation): Promise<boolean> {
      const rights = await rightsOf(on, createdById);
      return given.every((grant) => rights.administers(grant));
    },
  };
}
