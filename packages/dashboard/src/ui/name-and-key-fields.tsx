import { Field } from './field.tsx';
import { TextInput } from './text-input.tsx';

export interface NameAndKeyFieldsProps {
  readonly values: { readonly name: string; readonly key: string };
  readonly errors: { readonly name?: string | undefined; readonly key?: string | undefined };
  readonly onName: (name: string) => void;
  readonly onKey: (key: string) => void;
  /** What the key is for. */
  readonly keyHint: string;
  /** An example of each. */
  readonly examples: { readonly name: string; readonly key: string };
}

/** What people call something, and what programs call it for ever. */
export function NameAndKeyFields({ values, errors, onName, onKey, keyHint, examples }: NameAndKeyFieldsProps) {
  return (
    <>
      <Field label="Name" error={errors.name}>
        <TextInput value={values.name} onChange={onName} maxLength={256} placeholder={examples.name} />
      </Field>
      <Field label="Key" hint={keyHint} error={errors.key}>
        <TextInput
          value={values.key}
          onChange={onKey}
          mono
          placeholder={examples.key}
          spellCheck={false}
          autoCapitalize="off"
        />
      </Field>
    </>
  );
}
