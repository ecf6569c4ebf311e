import { cx } from './class-names.ts';
import { Field } from './field.tsx';
import { PasswordInput } from './password-input.tsx';
import { type PasswordStrength, passwordStrength, SHORTEST_PASSWORD } from './password-strength.ts';

const BARS: Readonly<Record<PasswordStrength['level'], string>> = {
  short: 'bg-edge',
  weak: 'bg-danger',
  fair: 'bg-warn',
  good: 'bg-on',
  strong: 'bg-on',
};

export interface NewPasswordFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly error?: string | undefined;
  readonly label?: string | undefined;
}

/** Takes a new password and tells how good it is while it is typed. */
export function NewPasswordField({ value, onChange, error, label = 'Password' }: NewPasswordFieldProps) {
  const strength = passwordStrength(value);
  return (
    <Field
      label={label}
      error={error}
      // What the server found wrong counts more than what can be guessed here.
      hint={
        error === undefined ? (
          <span className="flex items-center gap-3">
            {strength !== null && (
              <span
                aria-hidden="true"
                className="h-1 w-16 shrink-0 overflow-hidden rounded-full bg-sunken inset-ring inset-ring-line"
              >
                <span
                  className={cx(
                    'block h-full origin-left rounded-full transition-transform duration-150',
                    BARS[strength.level],
                  )}
                  style={{ transform: `scaleX(${strength.share})` }}
                />
              </span>
            )}
            <span aria-live="polite">
              {strength?.words ??
                `At least ${SHORTEST_PASSWORD} characters; a few words in a row are easy to remember.`}
            </span>
          </span>
        ) : undefined
      }
    >
      <PasswordInput value={value} onChange={onChange} name="new-password" autoComplete="new-password" />
    </Field>
  );
}
