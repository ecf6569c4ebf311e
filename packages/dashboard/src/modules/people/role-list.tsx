import { type GrantNames, grantWords, sortGrants } from '../../api/grant-words.ts';
import type { Grant } from '../../api/openapi.d.ts';

const SHOWN = 2;

export interface RoleListProps {
  readonly grants: readonly Grant[];
  readonly names: GrantNames;
}

/** Roles in one line, the widest first; those that have no room are counted and stand in the title. */
export function RoleList({ grants, names }: RoleListProps) {
  if (grants.length === 0) return <span className="text-faint">No role here</span>;
  const words = sortGrants(grants).map((grant) => grantWords(grant, names));
  const more = words.length - SHOWN;
  return (
    <span title={words.join('\n')}>
      {words.slice(0, SHOWN).join(' · ')}
      {more > 0 && (
        <>
          <span className="whitespace-nowrap text-faint" aria-hidden="true">
            {`· ${more} more`}
          </span>
          <span className="sr-only">{` · ${words.slice(SHOWN).join(' · ')}`}</span>
        </>
      )}
    </span>
  );
}
