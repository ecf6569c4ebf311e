import { type ReactNode, useState } from 'react';
import { ErrorNote, type Failure } from './error-note.tsx';
import { Field } from './field.tsx';
import { FormDialog } from './form-dialog.tsx';
import { TextInput } from './text-input.tsx';

export interface ConfirmDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  /** Says what will happen, as a question. */
  readonly title: string;
  readonly children?: ReactNode;
  /** The verb, such as “Archive”. */
  readonly action: string;
  readonly onConfirm: () => void;
  readonly tone?: 'primary' | 'danger' | undefined;
  readonly pending?: boolean | undefined;
  readonly failure?: Failure | null | undefined;
  /** Has to be typed before it can be confirmed; for what cannot be undone. */
  readonly typeToConfirm?: string | undefined;
}

/** Asks before something that is hard to take back. */
export function ConfirmDialog({
  open,
  onClose,
  title,
  children,
  action,
  onConfirm,
  tone = 'danger',
  pending = false,
  failure,
  typeToConfirm,
}: ConfirmDialogProps) {
  const [typed, setTyped] = useState('');
  const isAllowed = typeToConfirm === undefined || typed === typeToConfirm;
  function close() {
    setTyped('');
    onClose();
  }
  return (
    <FormDialog
      open={open}
      onClose={close}
      title={title}
      size="sm"
      form={{
        props: {
          onSubmit: (event) => {
            event.preventDefault();
            if (isAllowed && !pending) onConfirm();
          },
        },
        isSending: pending,
      }}
      action={action}
      tone={tone}
      disabled={!isAllowed}
    >
      {children !== undefined && <div className="text-soft">{children}</div>}
      {typeToConfirm !== undefined && (
        <Field
          label={
            <>
              Type <code className="font-mono">{typeToConfirm}</code> to confirm
            </>
          }
        >
          <TextInput value={typed} onChange={setTyped} mono spellCheck={false} autoCapitalize="off" />
        </Field>
      )}
      {/* Beside the button: what is asked may be long. */}
      {failure !== undefined && failure !== null && <ErrorNote failure={failure} />}
    </FormDialog>
  );
}
