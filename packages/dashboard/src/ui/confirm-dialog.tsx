import { type ReactNode, useId, useState } from 'react';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { ErrorNote, type Failure } from './error-note.tsx';
import { Field } from './field.tsx';
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
  const form = useId();
  const isAllowed = typeToConfirm === undefined || typed === typeToConfirm;
  function close() {
    setTyped('');
    onClose();
  }
  return (
    <Dialog
      open={open}
      onClose={close}
      title={title}
      size="sm"
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button tone={tone} type="submit" form={form} loading={pending} disabled={!isAllowed}>
            {action}
          </Button>
        </>
      }
    >
      <form
        id={form}
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (isAllowed && !pending) onConfirm();
        }}
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
        {failure !== undefined && failure !== null && <ErrorNote failure={failure} />}
      </form>
    </Dialog>
  );
}
