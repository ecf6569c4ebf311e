import type { Expiry, ExpiryChoice } from './expiry.ts';
import { Field } from './field.tsx';
import type { FieldErrors } from './form-state.ts';
import { Select } from './select.tsx';
import { TextInput } from './text-input.tsx';

export interface ExpiryFieldsProps {
  readonly value: ExpiryChoice;
  readonly onChange: (change: Partial<ExpiryChoice>) => void;
  readonly errors: FieldErrors<ExpiryChoice>;
}

const EXPIRIES: readonly { readonly value: Expiry; readonly label: string }[] = [
  { value: '30', label: 'In 30 days' },
  { value: '90', label: 'In 90 days' },
  { value: '365', label: 'In a year' },
  { value: 'date', label: 'After a day…' },
  { value: 'never', label: 'Does not expire' },
];

/** Asks how long something is to work. */
export function ExpiryFields({ value: { expiry, date }, onChange, errors }: ExpiryFieldsProps) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field label="Expires" error={expiry === 'date' ? undefined : errors.expiry}>
        <Select value={expiry} onChange={(next) => onChange({ expiry: next })} options={EXPIRIES} className="w-full" />
      </Field>
      {expiry === 'date' && (
        <Field label="Last day" hint="To its end, UTC." error={errors.date}>
          <TextInput type="date" value={date} onChange={(next) => onChange({ date: next })} />
        </Field>
      )}
    </div>
  );
}
