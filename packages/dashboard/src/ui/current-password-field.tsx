import { Field, type FieldProps } from './field.tsx';
import { PasswordInput } from './password-input.tsx';
import type { TextInputProps } from './text-input.tsx';

export interface CurrentPasswordFieldProps
  extends Pick<FieldProps, 'label' | 'hint' | 'error'>,
    Pick<TextInputProps, 'value' | 'onChange' | 'autoFocus' | 'ref'> {}

/** Takes the password that somebody has already; a password manager fills it in. */
export function CurrentPasswordField({ label, hint, error, ...input }: CurrentPasswordFieldProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      <PasswordInput {...input} name="current-password" autoComplete="current-password" />
    </Field>
  );
}
