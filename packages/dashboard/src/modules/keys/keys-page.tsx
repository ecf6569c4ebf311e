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
import { Checkbox } from '../../ui/checkbox.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Select } from '../../ui/select.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { KeyTable } from './key-table.tsx';
import { isOver } from './key-words.ts';
import { NewKeyDialog } from './new-key-dialog.tsx';
import { NoKeys } from './no-keys.tsx';
import { RevokeDialog } from './revoke-dialog.tsx';
import { SecretDialog } from './secret-dialog.tsx';

const FROM = '/projects/$project/keys';
const ALL = '';

/** What programs present to get their flags. */
export function KeysPage() {
  const { project } = useParams({ from: FROM });
  const search = useSearch({ from: FROM });
  const navigate = useNavigate();
  const [made, setMade] = useState<SdkKeyCreated | null>(null);
  const [revoking, setRevoking] = useState<SdkKey | null>(null);
  const [withOver, setWithOver] = useState(false);
  const rights = useMyRights();
  const environments = useQuery(environmentsQuery(project)).data;
  const found = useQuery(sdkKeysQuery(project));
  const open = useMemo(() => inOrder(environments ?? []), [environments]);
  const mine = open.filter(({ key }) => rights.inEnvironment(project, key) === 'admin');
  const canCreate = mine.length > 0;
  const go = (next: { readonly env?: string | undefined; readonly new?: string | undefined }, replace = false) =>
    void navigate({ to: FROM, params: { project }, search: { ...search, ...next }, replace });

  const now = new Date();
  const here = (found.data ?? []).filter((key) => search.env === undefined || key.environments.includes(search.env));
  const over = here.filter((key) => isOver(key, now)).length;
  const shown = withOver ? here : here.filter((key) => !isOver(key, now));
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
        <>
          <div className="mb-4 flex flex-wrap items-center gap-4">
            <Select
              value={search.env ?? ALL}
              onChange={(env) => go({ env: env === ALL ? undefined : env }, true)}
              options={[
                { value: ALL, label: 'All environments' },
                ...open.map(({ key, name }) => ({ value: key, label: name })),
              ]}
              aria-label="Environment"
              className="w-48"
            />
            {over > 0 && (
              <Checkbox
                checked={withOver}
                onChange={setWithOver}
                label={`Also the ${over} that ${over === 1 ? 'does' : 'do'} not work any more`}
              />
            )}
          </div>
          <Card flush>
            {shown.length === 0 ? (
              <p className="p-6 text-center text-soft">
                No key that works{search.env === undefined ? '' : ` in ${search.env}`}.
              </p>
            ) : (
              <KeyTable
                keys={shown}
                now={now}
                canRevoke={(key) => key.environments.every((one) => rights.inEnvironment(project, one) === 'admin')}
                onRevoke={setRevoking}
              />
            )}
          </Card>
        </>
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
        <SecretDialog
          made={made}
          environmentId={open.find(({ key }) => key === made.environments[0])?.id ?? ''}
          onClose={() => setMade(null)}
        />
      )}
      {revoking !== null && <RevokeDialog project={project} sdkKey={revoking} onClose={() => setRevoking(null)} />}
    </>
  );
}
