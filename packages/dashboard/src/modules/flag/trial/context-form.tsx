import { Plus, X } from 'lucide-react';
import { Button } from '../../../ui/button.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Select } from '../../../ui/select.tsx';
import { TextInput } from '../../../ui/text-input.tsx';
import { AttributeField } from '../targeting/attribute-field.tsx';
import type { ContextRow, RowType } from './context.ts';

const TYPES = [
  { value: 'text', label: 'Text' },
  { value: 'number', label: 'Number' },
  { value: 'boolean', label: 'Boolean' },
  { value: 'json', label: 'JSON' },
] as const satisfies readonly { readonly value: RowType; readonly label: string }[];

const PLACEHOLDERS: { readonly [type in RowType]: string } = {
  text: 'not there',
  number: '0',
  boolean: 'true or false',
  json: '["a", "b"]',
};

export interface ContextFormProps {
  readonly rows: readonly ContextRow[];
  /** Attributes that rules ask for; their rows stay. */
  readonly asked: readonly string[];
  readonly onChange: (rows: readonly ContextRow[]) => void;
}

export function ContextForm({ rows, asked, onChange }: ContextFormProps) {
  const set = (index: number, row: Partial<ContextRow>) =>
    onChange(rows.map((one, at) => (at === index ? { ...one, ...row } : one)));
  const isFixed = (path: string) => path === 'targetingKey' || asked.includes(path);
  return (
    <div className="flex min-w-0 flex-col gap-2">
      {rows.map((row, index) => (
        // A row's path may be typed at this moment.
        // oxlint-disable-next-line react/no-array-index-key
        <div
          key={index}
          className="grid min-w-0 grid-cols-[minmax(0,1fr)_auto_auto] items-center gap-2 sm:grid-cols-[minmax(0,9rem)_minmax(0,1fr)_6.5rem_auto]"
        >
          {isFixed(row.path) ? (
            <span className="truncate font-mono text-sm" title={row.path}>
              {row.path}
            </span>
          ) : (
            <AttributeField aria-label="Attribute" value={row.path} onChange={(path) => set(index, { path })} />
          )}
          <TextInput
            mono
            aria-label={`Value of ${row.path === '' ? 'the attribute' : row.path}`}
            value={row.text}
            placeholder={PLACEHOLDERS[row.type]}
            onChange={(text) => set(index, { text })}
            className="order-last col-span-3 sm:order-none sm:col-span-1"
          />
          <Select
            aria-label={`Type of ${row.path}`}
            value={row.type}
            onChange={(type) => set(index, { type })}
            options={TYPES}
          />
          <IconButton
            icon={X}
            label={`Leave out ${row.path}`}
            disabled={isFixed(row.path) && row.text === ''}
            onClick={() => onChange(rows.filter((_, at) => at !== index))}
          />
        </div>
      ))}
      <Button
        size="sm"
        tone="ghost"
        icon={Plus}
        className="self-start"
        onClick={() => onChange([...rows, { path: '', type: 'text', text: '' }])}
      >
        Add attribute
      </Button>
    </div>
  );
}
