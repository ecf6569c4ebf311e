import { type ComponentProps, useId } from 'react';
import { Button } from './button.tsx';
import { Dialog, type DialogProps } from './dialog.tsx';
import { ErrorNote, type Failure } from './error-note.tsx';

export interface FormDialogProps extends Omit<DialogProps, 'footer'> {
  /** What runs it: the whole of what `useForm` gives, or as much of it. */
  readonly form: {
    readonly props: Pick<ComponentProps<'form'>, 'ref' | 'noValidate' | 'onSubmit'>;
    readonly isSending: boolean;
    readonly failure?: Failure | null | undefined;
  };
  /** On the button that sends it: a verb. */
  readonly action: string;
  readonly tone?: 'primary' | 'danger' | undefined;
  /** It cannot be sent as it stands. */
  readonly disabled?: boolean | undefined;
}

/** A form above the page: what is wrong with all of it stands first, and the button that sends it last. */
export function FormDialog({ form, action, tone = 'primary', disabled = false, children, ...dialog }: FormDialogProps) {
  const id = useId();
  const { failure = null } = form;
  return (
    <Dialog
      {...dialog}
      footer={
        <>
          <Button onClick={dialog.onClose}>Cancel</Button>
          <Button tone={tone} type="submit" form={id} loading={form.isSending} disabled={disabled}>
            {action}
          </Button>
        </>
      }
    >
      <form {...form.props} id={id} className="flex flex-col gap-4">
        {failure !== null && <ErrorNote failure={failure} />}
        {children}
      </form>
    </Dialog>
  );
}
