import { grantWords, ROLE_MEANINGS, sortGrants } from '../../api/grant-words.ts';
import type { Grant } from '../../api/openapi.d.ts';
import { useGrantNames } from '../../api/queries/grant-names.ts';
import { Callout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';

/** One's own roles, in words. */
export function OwnGrants({ grants }: { readonly grants: readonly Grant[] }) {
  const names = useGrantNames(grants);
  if (grants.length === 0)
    return <Callout>You have no role yet, so you see no project. Ask an admin to give you one.</Callout>;
  return (
    <Card flush>
      <ul className="divide-y divide-line">
        {sortGrants(grants).map((grant) => (
          <li
            key={`${grant.project} ${grant.environment}`}
            className="flex flex-wrap items-baseline justify-between gap-x-4 px-4 py-2.5"
          >
            <span className="font-medium">{grantWords(grant, names)}</span>
            <span className="text-sm text-faint">{ROLE_MEANINGS[grant.role]}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
