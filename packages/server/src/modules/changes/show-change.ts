import type { ChangeResource } from '@flaghoist/protocol/management';
import type { ChangeRecord } from './history-reads.ts';

/** A change as the API shows it: with keys of environments. */
export function showChange(
  project: string | null,
  environments: readonly { readonly id: string; readonly key: string }[],
  record: Omit<ChangeRecord, 'number'>,
): ChangeResource {
  const keyOf = new Map(environments.map(({ id, key }) => [id, key]));
  const named = <T extends { readonly environmentId: string }>({ environmentId, ...rest }: T) => ({
    environment: keyOf.get(environmentId) ?? environmentId,
    ...rest,
  });
  const { id, action, state, author, authorId, reason, at, reverts, revertedBy, entityCount } = record;
  return {
    id,
    project,
    action,
    state,
    author,
    authorId,
    reason,
    at,
    reverts,
    revertedBy,
    revisions: record.revisions.map(named),
    candidates: record.candidates.map(named),
    entities: record.entities.map(named),
    entityCount,
  };
}
