/** What people say about themselves, in the words that browsers know. */
import { Field, type FieldProps } from '../../ui/field.tsx';
import { TextInput, type TextInputProps } from '../../ui/text-input.tsx';

export interface OwnFieldProps
  extends Pick<FieldProps, 'hint' | 'error'>,
    Pick<TextInputProps, 'value' | 'onChange' | 'autoFocus'> {}

export function OwnNameField({ hint, error, ...input }: OwnFieldProps) {
  return (
    <Field label="Your name" hint={hint} error={error}>
      <TextInput {...input} name="name" autoComplete="name" maxLength={256} />
    </Field>
  );
}

/** The address one signs in with. */
export function OwnEmailField({ hint, error, ...input }: OwnFieldProps) {
  return (
    <Field label="E-mail" hint={hint} error={error}>
      <TextInput
        {...input}
        type="email"
        name="email"
        autoComplete="username"
        inputMode="email"
        autoCapitalize="off"
        spellCheck={false}
      />
    </Field>
  );
}
