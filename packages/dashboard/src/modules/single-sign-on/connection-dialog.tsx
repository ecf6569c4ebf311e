import { formFailure } from '../../api/form-failure.ts';
import type { Connection } from '../../api/openapi.d.ts';
import { useCreateConnection, useEditConnection } from '../../api/queries/connections.ts';
import { FormDialog } from '../../ui/form-dialog.tsx';
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
    <FormDialog
      open={open}
      onClose={onClose}
      title={isNew ? 'Add a connection' : `Edit ${connection.name}`}
      size="lg"
      sticky
      form={form}
      action={isNew ? 'Connect' : 'Save'}
    >
      <div className="flex flex-col gap-8">
        <ProviderFields form={form} isNew={isNew} />
        <WhoComesIn form={form} editors={editors} />
      </div>
    </FormDialog>
  );
}
