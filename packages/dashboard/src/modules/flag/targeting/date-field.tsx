import { TextInput } from '../../../ui/text-input.tsx';
import type { Value } from '../draft/operands.ts';
import { momentText } from '../words/value-words.ts';

export interface DateFieldProps {
  readonly value: Value | undefined;
  /** Null: emptied. */
  readonly onChange: (value: Value | null) => void;
  readonly 'aria-label': string;
}

/**
 * A moment. What is written stays as it is, whatever its offset; the picker beside it writes UTC. Numbers are milliseconds
 * since 1970, as imported rules may have them, and stay numbers.
 */
export function DateField({ value, onChange, 'aria-label': label }: DateFieldProps) {
  const text = value === undefined ? '' : String(value);
  const isNumber = typeof value === 'number';
  const shown = text === '' || Number.isNaN(isNumber ? value : Date.parse(text)) ? null : momentText(value ?? '');
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-2">
      <input
        type="datetime-local"
        aria-label={`${label}, in UTC`}
        value={pickerText(value)}
        onChange={(event) => onChange(event.target.value === '' ? null : `${withSeconds(event.target.value)}Z`)}
        className="control h-8 px-2 nums"
      />
      <TextInput
        mono
        aria-label={`${label}, as text`}
        value={text}
        placeholder="2026-03-01T09:30:00+01:00"
        onChange={(next) => onChange(next === '' ? null : isNumber && /^-?\d+$/.test(next) ? Number(next) : next)}
        className="w-64"
      />
      {shown !== null && <span className="text-sm text-faint">{shown}</span>}
    </div>
  );
}

function pickerText(value: Value | undefined): string {
  const at = typeof value === 'number' ? value : Date.parse(String(value ?? ''));
  if (Number.isNaN(at) || Math.abs(at) > 8.64e15) return '';
  const date = new Date(at).toISOString();
  return date.length === 24 ? date.slice(0, date.endsWith(':00.000Z') ? 16 : 19) : '';
}

function withSeconds(text: string): string {
  return text.length === 16 ? `${text}:00` : text;
}
