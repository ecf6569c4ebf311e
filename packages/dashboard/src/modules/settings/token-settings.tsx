import { useQuery } from '@tanstack/react-query';
import { KeySquare, Plus } from 'lucide-react';
import { useState } from 'react';
import type { Token, TokenCreated } from '../../api/openapi.d.ts';
import { failureOf } from '../../api/problem.ts';
import { tokensQuery, useRevokeToken } from '../../api/queries/tokens.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { isOver } from '../../ui/expiry.ts';
import { OverCheckbox } from '../../ui/over-checkbox.tsx';
import { Section } from '../../ui/section.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { showToast } from '../../ui/toast.tsx';
import { NewTokenDialog } from './new-token-dialog.tsx';
import { TokenSecretDialog } from './token-secret-dialog.tsx';
import { TokenTable } from './token-table.tsx';

/** What scripts use the management API with. */
export function TokenSettings({ project }: { readonly project: string }) {
  const { data, error, isPending } = useQuery(tokensQuery);
  const [isAsking, setAsking] = useState(false);
  const [withOver, setWithOver] = useState(false);
  const [made, setMade] = useState<TokenCreated | null>(null);
  const [revoking, setRevoking] = useState<Token | null>(null);
  const now = new Date();
  const all = data ?? [];
  const over = all.filter((token) => isOver(token, now)).length;
  const shown = withOver ? all : all.filter((token) => !isOver(token, now));
  const create = (
    <Button tone="primary" icon={Plus} onClick={() => setAsking(true)}>
      New token
    </Button>
  );
  return (
    <Section
      title="API tokens"
      description="Scripts and the command line present a token to change flags. These are all of the installation’s; people sign in instead."
      actions={shown.length > 0 && create}
    >
      {error !== null && <ErrorNote failure={failureOf(error)} />}
      <OverCheckbox count={over} checked={withOver} onChange={setWithOver} />
      <Card flush>
        {isPending && <SkeletonRows count={3} height={56} />}
        {data !== undefined && shown.length === 0 && (
          <EmptyState
            drawing={<KeySquare className="size-10" strokeWidth={1.25} />}
            title="No token works"
            action={create}
          >
            Create one for a pipeline that turns flags on and off, or for the command line. It can be held to one
            project or environment.
          </EmptyState>
        )}
        {shown.length > 0 && <TokenTable tokens={shown} now={now} onRevoke={setRevoking} />}
      </Card>
      {isAsking && (
        <NewTokenDialog
          project={project}
          onClose={() => setAsking(false)}
          onMade={(token) => {
            setAsking(false);
            setMade(token);
          }}
        />
      )}
      {made !== null && <TokenSecretDialog made={made} onClose={() => setMade(null)} />}
      {revoking !== null && <RevokeToken token={revoking} onClose={() => setRevoking(null)} />}
    </Section>
  );
}

function RevokeToken({ token, onClose }: { readonly token: Token; readonly onClose: () => void }) {
  const revoke = useRevokeToken();
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={`Revoke ${token.name}?`}
      action="Revoke"
      pending={revoke.isPending}
      failure={revoke.error === null ? null : failureOf(revoke.error)}
      onConfirm={() =>
        revoke.mutate(token.id, {
          onSuccess: () => {
            showToast({ title: `${token.name} is revoked` });
            onClose();
          },
        })
      }
    >
      Whatever presents it is refused from now on. It cannot be undone.
    </ConfirmDialog>
  );
}
