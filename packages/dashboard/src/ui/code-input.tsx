import { cleanCode } from './code-text.ts';
import { TextInput } from './text-input.tsx';

export interface CodeInputProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly autoFocus?: boolean | undefined;
}

/** Six digits that an authenticator app shows; phones and password managers fill it in. One field, so that one can paste. */
export function CodeInput({ value, onChange, autoFocus = false }: CodeInputProps) {
  return (
    <TextInput
      value={value}
      onChange={(text) => onChange(cleanCode(text))}
      name="one-time-code"
      autoComplete="one-time-code"
      inputMode="numeric"
      spellCheck={false}
      mono
      autoFocus={autoFocus}
    />
  );
}
