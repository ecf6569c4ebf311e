import { useId } from 'react';
import { formFailure } from '../../api/form-failure.ts';
import type { Connection } from '../../api/openapi.d.ts';
import { useCreateConnection, useEditConnection } from '../../api/queries/connections.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { showToast } from '../../ui/toast.tsx';
import { useForm } from '../../ui/use-form.ts';
import { checkDraft, draftOf, NEW_CONNECTION, toCreate, toEdit } from './connection-draft.ts';
import { ProviderFields } from './provider-fields.tsx';
import type { RoleEditors } from './slots.ts';
import { WhoComesIn } from './who-comes-in.tsx';

const PATHS = {
  name: '$.name',
  ownKey: '$.key',
  issuer: '$.issuer',
  clientId: '$.clientId',
  clientSecret: '$.clientSecret',
  domains: '$.domains',
  provision: '$.provision',
  grants: '$.grants',
  byGroups: '$.groups.none',
  claim: '$.groups.claim',
  groups: '$.groups',
} as const;

export interface ConnectionDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  /** Null: a new one. */
  readonly connection: Connection | null;
  readonly editors: RoleEditors;
}

/** Makes a connection, or edits one. */
export function ConnectionDialog({ open, onClose, connection, editors }: ConnectionDialogProps) {
  const id = useId();
  const create = useCreateConnection();
  const edit = useEditConnection();
  const isNew = connection === null;
  const form = useForm({
    initial: isNew ? NEW_CONNECTION : draftOf(connection),
    check: (draft) => checkDraft(draft, isNew),
    send: async (draft) => {
      if (isNew) await create.mutateAsync(toCreate(draft));
      else await edit.mutateAsync({ connection: connection.key, version: connection.version, body: toEdit(draft) });
      onClose();
      showToast({
        title: isNew ? `${draft.name.trim()} is connected` : `${draft.name.trim()} is saved`,
        detail: 'Test it before you tell others.',
        tone: 'on',
      });
    },
    explain: (error) => formFailure(error, PATHS, { already_exists: 'ownKey' }),
  });
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={isNew ? 'Add a connection' : `Edit ${connection.name}`}
      size="lg"
      sticky
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button tone="primary" type="submit" form={id} loading={form.isSending}>
            {isNew ? 'Connect' : 'Save'}
          </Button>
        </>
      }
    >
      <form {...form.props} id={id} className="flex flex-col gap-8">
        {form.failure !== null && <ErrorNote failure={form.failure} />}
        <ProviderFields form={form} isNew={isNew} />
        <WhoComesIn form={form} editors={editors} />
      </form>
    </Dialog>
  );
}
