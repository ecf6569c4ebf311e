import { useQuery } from '@tanstack/react-query';
import { sessionQuery } from '../../api/queries/session.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Badge } from '../../ui/badge.tsx';
import { CopyText } from '../../ui/copy-text.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import type { FoundPerson, Refetch } from './found-person.ts';
import { StateBadge } from './people-table.tsx';
import { PersonAccess } from './person-access.tsx';
import { PersonGrants } from './person-grants.tsx';
import { administersInstallation } from './places.ts';

export interface PersonEditorProps {
  readonly found: FoundPerson;
  readonly refetch: Refetch;
}

/** Who a person is, the roles they have, and whether they can get in. */
export function PersonEditor({ found, refetch }: PersonEditorProps) {
  const { person } = found;
  const { data: session } = useQuery(sessionQuery);
  return (
    <div className="flex flex-col gap-8">
      <div className="flex items-start gap-3">
        <Avatar name={person.name} decorative />
        <div className="min-w-0 flex-1">
          <CopyText text={person.email} label="the e-mail address" className="-ml-1" />
          <p className="mt-1 flex flex-wrap items-center gap-2 text-sm text-faint">
            <StateBadge person={person} />
            {person.totp && <Badge tone="on">Two-step sign-in</Badge>}
            <span>
              here since <TimeText at={person.createdAt} />
              {person.lastSeenAt !== null && (
                <>
                  , last seen <TimeText at={person.lastSeenAt} />
                </>
              )}
            </span>
          </p>
        </div>
      </div>
      <PersonGrants found={found} refetch={refetch} />
      <PersonAccess
        found={found}
        refetch={refetch}
        isSelf={session?.person.id === person.id}
        isAllowed={administersInstallation(session?.grants ?? [])}
      />
    </div>
  );
}
