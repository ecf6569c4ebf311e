import type { ReactNode } from 'react';
import { grantWords, sortGrants } from '../../api/grant-words.ts';
import type { Connection } from '../../api/openapi.d.ts';
import { useGrantNames } from '../../api/queries/grant-names.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { CopyText } from '../../ui/copy-text.tsx';
import { redirectUri } from './connection-draft.ts';

export interface ConnectionCardProps {
  readonly connection: Connection;
  readonly onEdit: () => void;
  readonly onTest: () => void;
  readonly onArchive: () => void;
}

/** One connection: who comes in by it, and what they get. */
export function ConnectionCard({ connection, onEdit, onTest, onArchive }: ConnectionCardProps) {
  const { name, key, issuer, domains, groups, archivedAt } = connection;
  const isArchived = archivedAt !== null;
  return (
    <li>
      <Card className="flex flex-col gap-4">
        <div className="flex flex-wrap items-center gap-x-4 gap-y-3">
          <h2 className="flex min-w-0 flex-1 basis-48 flex-wrap items-center gap-x-2 gap-y-1 text-md font-semibold">
            <span className="wrap-anywhere">{name}</span>
            <code className="font-mono text-sm font-normal text-faint">{key}</code>
            {isArchived && <Badge>Archived</Badge>}
          </h2>
          {!isArchived && (
            <div className="flex flex-wrap gap-2">
              <Button size="sm" onClick={onTest} aria-label={`Test signing in with ${name}`}>
                Test
              </Button>
              <Button size="sm" onClick={onEdit} aria-label={`Edit ${name}`}>
                Edit
              </Button>
              <Button size="sm" onClick={onArchive} aria-label={`Archive ${name}`}>
                Archive
              </Button>
            </div>
          )}
        </div>
        <dl className="grid gap-x-6 gap-y-2 sm:grid-cols-[8rem_1fr]">
          <Entry term="Issuer">
            <code className="font-mono text-sm wrap-anywhere">{issuer}</code>
          </Entry>
          <Entry term="Redirect URI">
            <CopyText text={redirectUri(window.location.origin, key)} label="the redirect URI" className="-ml-1" />
          </Entry>
          <Entry term="Domains">
            {domains.length === 0 ? 'All that the provider has verified' : domains.join(', ')}
          </Entry>
          <Entry term="New people">
            <NewPeople connection={connection} />
          </Entry>
          {groups !== null && (
            <Entry term="Groups">
              {groups.grants.length === 1 ? '1 role' : `${groups.grants.length} roles`} by the claim{' '}
              <code className="font-mono text-sm">{groups.claim}</code>
            </Entry>
          )}
        </dl>
      </Card>
    </li>
  );
}

function NewPeople({ connection: { provision, grants } }: { readonly connection: Connection }) {
  const names = useGrantNames(grants);
  if (!provision) return 'Only those who are invited or have an account';
  if (grants.length === 0) return 'Get an account, without a role';
  return `Get an account: ${sortGrants(grants)
    .map((grant) => grantWords(grant, names))
    .join(' · ')}`;
}

function Entry({ term, children }: { readonly term: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-sm text-faint sm:pt-px">{term}</dt>
      <dd className="min-w-0 max-sm:mb-1">{children}</dd>
    </>
  );
}
