import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { useMemo, useState } from 'react';
import { inOrder } from '../../api/environment-look.ts';
import type { SdkKey, SdkKeyCreated } from '../../api/openapi.d.ts';
import { failureOf } from '../../api/problem.ts';
import { environmentsQuery } from '../../api/queries/projects.ts';
import { useMyRights } from '../../api/queries/rights.ts';
import { sdkKeysQuery } from '../../api/queries/sdk-keys.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { KeyList } from './key-list.tsx';
import { KeySecretDialog } from './key-secret-dialog.tsx';
import { NewKeyDialog } from './new-key-dialog.tsx';
import { NoKeys } from './no-keys.tsx';
import { RevokeDialog } from './revoke-dialog.tsx';

const FROM = '/projects/$project/keys';

/** What programs present to get their flags. */
export function KeysPage() {
  const { project } = useParams({ from: FROM });
  const search = useSearch({ from: FROM });
  const navigate = useNavigate();
  const [made, setMade] = useState<SdkKeyCreated | null>(null);
  const [revoking, setRevoking] = useState<SdkKey | null>(null);
  const rights = useMyRights();
  const environments = useQuery(environmentsQuery(project)).data;
  const found = useQuery(sdkKeysQuery(project));
  const open = useMemo(() => inOrder(environments ?? []), [environments]);
  const mine = open.filter(({ key }) => rights.inEnvironment(project, key) === 'admin');
  const canCreate = mine.length > 0;
  const go = (next: { readonly env?: string | undefined; readonly new?: string | undefined }, replace = false) =>
    void navigate({ to: FROM, params: { project }, search: { ...search, ...next }, replace });

  return (
    <>
      <PageHeader
        title="SDK keys"
        description={
          canCreate || open.length === 0
            ? 'Programs present a key to get their flags. Each key is for its environments only.'
            : 'You see the keys, without their secrets. An admin of an environment can make and revoke them.'
        }
        actions={
          canCreate && (
            <Button tone="primary" icon={Plus} onClick={() => go({ new: 'yes' })}>
              New key
            </Button>
          )
        }
      />
      {found.isError && (
        <ErrorNote
          failure={failureOf(found.error)}
          action={<Button onClick={() => void found.refetch()}>Try again</Button>}
        />
      )}
      {found.isPending && (
        <Card flush>
          <SkeletonRows count={4} height={60} />
        </Card>
      )}
      {found.data !== undefined && found.data.length === 0 && (
        <NoKeys canCreate={canCreate} onNew={() => go({ new: 'yes' })} />
      )}
      {found.data !== undefined && found.data.length > 0 && (
        <KeyList
          keys={found.data}
          environments={open}
          environment={search.env}
          onEnvironment={(env) => go({ env }, true)}
          canRevoke={(key) => key.environments.every((one) => rights.inEnvironment(project, one) === 'admin')}
          onRevoke={setRevoking}
        />
      )}
      {canCreate && search.new !== undefined && (
        <NewKeyDialog
          project={project}
          environments={mine}
          environment={search.env}
          onClose={() => go({ new: undefined }, true)}
          onMade={(key) => {
            go({ new: undefined }, true);
            setMade(key);
          }}
        />
      )}
      {made !== null && (
        <KeySecretDialog
          made={made}
          environmentId={open.find(({ key }) => key === made.environments[0])?.id ?? ''}
          onClose={() => setMade(null)}
        />
      )}
      {revoking !== null && <RevokeDialog project={project} sdkKey={revoking} onClose={() => setRevoking(null)} />}
    </>
  );
}
