import { Combobox as Base } from '@base-ui/react/combobox';
import { ChevronsUpDown } from 'lucide-react';
import { useState } from 'react';
import { cx } from './class-names.ts';
import { ComboboxList } from './combobox-list.tsx';
import { offerOptions } from './combobox-options.ts';
import type { Option } from './option.ts';

export interface ComboboxProps {
  /** Null: nothing chosen. May be a value that no option has. */
  readonly value: string | null;
  readonly onChange: (value: string | null) => void;
  readonly options: readonly Option[];
  /** What is typed may be taken though no option has it. */
  readonly allowNew?: boolean | undefined;
  /** Told what is typed, for options that come from elsewhere. */
  readonly onQuery?: ((query: string) => void) | undefined;
  readonly placeholder?: string | undefined;
  /** Said when nothing fits. */
  readonly empty?: string | undefined;
  readonly disabled?: boolean | undefined;
  readonly mono?: boolean | undefined;
  readonly className?: string | undefined;
  readonly 'aria-label'?: string | undefined;
}

/** Chooses one of many by typing. */
export function Combobox({
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
}: ComboboxProps) {
  const selected =
    value === null ? null : (options.find((option) => option.value === value) ?? { value, label: value });
  const [query, setQuery] = useState<string | null>(null);
  // Until something is typed the list shows everything, not only what fits the choice that stands there.
  const typed = query === null || query === selected?.label ? '' : query;
  const offered = offerOptions({ options, query: typed, allowNew, chosen: value === null ? [] : [value] });
  return (
    <Base.Root
      items={offered}
      filter={null}
      value={selected}
      onValueChange={(option: Option | null) => {
        setQuery(null);
        onChange(option?.value ?? null);
      }}
      inputValue={query ?? selected?.label ?? ''}
      onInputValueChange={(text, { reason }) => {
        if (reason !== 'input-change' && reason !== 'input-clear') return;
        setQuery(text);
        onQuery?.(text);
      }}
      onOpenChange={(isOpen) => {
        if (!isOpen) setQuery(null);
      }}
      isItemEqualToValue={(one: Option, other: Option) => one.value === other.value}
      autoHighlight
      disabled={disabled}
    >
      <Base.InputGroup className={cx('control flex h-8 min-w-0 items-center', className)}>
        <Base.Input
          {...rest}
          placeholder={placeholder}
          className={cx('h-full min-w-0 flex-1 bg-transparent pl-2.5 outline-none', mono && 'font-mono text-sm')}
        />
        <Base.Trigger aria-label="Show the choices" className="flex h-full w-7 items-center justify-center text-faint">
          <ChevronsUpDown className="size-3.5" aria-hidden="true" />
        </Base.Trigger>
      </Base.InputGroup>
      <ComboboxList empty={empty} />
    </Base.Root>
  );
}
