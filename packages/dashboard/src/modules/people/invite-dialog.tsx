import { useState } from 'react';
import { formFailure } from '../../api/form-failure.ts';
import type { InvitationCreated } from '../../api/openapi.d.ts';
import { emailProblem } from '../../api/person-text.ts';
import { useInvite } from '../../api/queries/people.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { FormDialog } from '../../ui/form-dialog.tsx';
import { fieldErrors } from '../../ui/form-state.ts';
import { TextInput } from '../../ui/text-input.tsx';
import { useForm } from '../../ui/use-form.ts';
import { checkRows, type GrantRow, grantsOf, NEW_ROWS } from './grants-draft.ts';
import { GrantsEditor } from './grants-editor.tsx';
import { OneTimeLink } from './one-time-link.tsx';

export interface InviteDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
}

/** Invites somebody: an address and roles make a link that is handed over by whatever means. */
export function InviteDialog({ open, onClose }: InviteDialogProps) {
  const invite = useInvite();
  const [made, setMade] = useState<InvitationCreated | null>(null);
  const form = useForm({
    initial: { email: '', name: '', grants: NEW_ROWS },
    check: ({ email, grants }) => fieldErrors({ email: emailProblem(email), grants: rowsProblem(grants) }),
    send: async ({ email, name, grants }) =>
      setMade(
        await invite.mutateAsync({
          email: email.trim(),
          grants: [...grantsOf(grants)],
          ...(name.trim() === '' ? {} : { name: name.trim() }),
        }),
      ),
    explain: (error) => formFailure(error, { email: '$.email', name: '$.name', grants: '$.grants' }),
  });
  if (made !== null) return <InvitationMade open={open} onClose={onClose} made={made} />;
  return (
    <FormDialog
      open={open}
      onClose={onClose}
      title="Invite somebody"
      description="You get a link to hand over. It makes their account, or adds the roles to the one they have."
      sticky={form.values.email !== ''}
      form={form}
      action="Create the link"
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="E-mail" error={form.errors.email}>
          <TextInput
            value={form.values.email}
            onChange={form.set('email')}
            type="email"
            inputMode="email"
            autoCapitalize="off"
            spellCheck={false}
            autoFocus
          />
        </Field>
        <Field label="Name" optional error={form.errors.name}>
          <TextInput value={form.values.name} onChange={form.set('name')} maxLength={256} />
        </Field>
      </div>
      <GrantsEditor
        legend="Roles"
        rows={form.values.grants}
        onChange={form.set('grants')}
        error={form.errors.grants}
        empty="Nothing yet. An invitation gives at least one role."
      />
    </FormDialog>
  );
}

function InvitationMade({ open, onClose, made }: InviteDialogProps & { readonly made: InvitationCreated }) {
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={`Invitation for ${made.email}`}
      sticky
      footer={
        <Button tone="primary" onClick={onClose}>
          Done
        </Button>
      }
    >
      <OneTimeLink link={made.link} expiresAt={made.expiresAt}>
        Send it to {made.name ?? made.email} yourself, by chat or mail: nothing is sent from here. Whoever has the link
        can use it.
      </OneTimeLink>
    </Dialog>
  );
}

function rowsProblem(rows: readonly GrantRow[]): string | null {
  if (rows.length === 0) return 'Give at least one role.';
  return checkRows(rows).size === 0 ? null : 'Complete the roles above.';
}
