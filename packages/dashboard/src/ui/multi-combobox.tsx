import { Combobox as Base } from '@base-ui/react/combobox';
import { X } from 'lucide-react';
import { type ClipboardEvent, useState } from 'react';
import { cx } from './class-names.ts';
import { ComboboxList } from './combobox-list.tsx';
import { offerOptions, splitPaste } from './combobox-options.ts';
import type { Option } from './option.ts';

export interface MultiComboboxProps {
  readonly value: readonly string[];
  readonly onChange: (value: readonly string[]) => void;
  readonly options: readonly Option[];
  /** What is typed may be taken though no option has it; a paste of several lines or comma-separated words becomes several. */
  readonly allowNew?: boolean | undefined;
  readonly onQuery?: ((query: string) => void) | undefined;
  readonly placeholder?: string | undefined;
  readonly empty?: string | undefined;
  readonly disabled?: boolean | undefined;
  readonly mono?: boolean | undefined;
  readonly className?: string | undefined;
  readonly 'aria-label'?: string | undefined;
}

/** Chooses several of many by typing; what is chosen stands before the cursor, each with a way to remove it. */
export function MultiCombobox({
  value,
  onChange,
  options,
  allowNew = false,
  onQuery,
  placeholder,
  empty = 'Nothing fits.',
  disabled = false,
  mono = false,
  className,
  ...rest
}: MultiComboboxProps) {
  const [query, setQuery] = useState('');
  const selected = value.map((one) => options.find((option) => option.value === one) ?? { value: one, label: one });
  const offered = offerOptions({ options, query, allowNew, chosen: value });

  function paste(event: ClipboardEvent) {
    const parts = allowNew ? splitPaste(event.clipboardData.getData('text')) : null;
    if (parts === null) return;
    event.preventDefault();
    onChange([...new Set([...value, ...parts])]);
  }

  /** What is typed and not taken yet would be lost when the form is sent. */
  function keepTyped() {
    if (!allowNew || query.trim() === '') return;
    setQuery('');
    onChange([...new Set([...value, query.trim()])]);
  }

  return (
    <Base.Root
      multiple
      items={offered}
      filter={null}
      value={selected}
      onValueChange={(next: Option[]) => {
        setQuery('');
        onChange(next.map((option) => option.value));
      }}
      inputValue={query}
      onInputValueChange={(text, { reason }) => {
        if (reason !== 'input-change' && reason !== 'input-clear') return;
        setQuery(text);
        onQuery?.(text);
      }}
      onOpenChange={(isOpen, { reason }) => {
        if (!isOpen && (reason === 'outside-press' || reason === 'focus-out')) keepTyped();
      }}
      isItemEqualToValue={(one: Option, other: Option) => one.value === other.value}
      autoHighlight
      disabled={disabled}
    >
      <Base.InputGroup className={cx('control flex min-h-8 min-w-0 cursor-text items-center px-1 py-0.75', className)}>
        <Base.Chips className="flex max-h-40 w-full min-w-0 flex-wrap items-center gap-1 overflow-y-auto">
          {selected.map((option) => (
            <Chip key={option.value} label={option.label} mono={mono} />
          ))}
          <Base.Input
            {...rest}
            onPaste={paste}
            onBlur={keepTyped}
            placeholder={value.length === 0 ? placeholder : ''}
            className={cx('h-6 min-w-16 flex-1 bg-transparent px-1.5 outline-none', mono && 'font-mono text-sm')}
          />
        </Base.Chips>
      </Base.InputGroup>
      <ComboboxList empty={empty} />
    </Base.Root>
  );
}

function Chip({ label, mono }: { readonly label: string; readonly mono: boolean }) {
  return (
    <Base.Chip
      aria-label={label}
      className={cx(
        'inline-flex h-6 max-w-full items-center gap-1 rounded-sm bg-sunken pl-2 text-sm inset-ring inset-ring-line outline-none data-highlighted:bg-accent-soft focus-within:bg-accent-soft',
        mono && 'font-mono text-xs',
      )}
    >
      <span className="truncate">{label}</span>
      <Base.ChipRemove
        aria-label={`Remove ${label}`}
        className="flex size-6 items-center justify-center rounded-sm text-faint hover:text-ink"
      >
        <X className="size-3" aria-hidden="true" />
      </Base.ChipRemove>
    </Base.Chip>
  );
}
