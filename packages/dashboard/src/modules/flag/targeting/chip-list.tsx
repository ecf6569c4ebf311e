import { Search, X } from 'lucide-react';
import { type ReactNode, useMemo, useState } from 'react';
import { LoneInput } from '../../../ui/lone-input.tsx';

export interface Chip {
  readonly key: string;
  /** For searching, and for the name of the remove button. */
  readonly text: string;
  readonly mark?: ReactNode;
  readonly wrong?: boolean;
}

export interface ChipListProps {
  readonly chips: readonly Chip[];
  /** Null: they cannot be removed. */
  readonly onRemove: ((chip: Chip) => void) | null;
  readonly 'aria-label': string;
  readonly children?: ReactNode;
}

/** More are looked for by typing: nobody reads five thousand keys, and a document of them is slow. */
const MANY = 40;
/** Of many, before something is looked for. */
const FIRST = 12;

export function ChipList({ chips, onRemove, 'aria-label': label, children }: ChipListProps) {
  const [query, setQuery] = useState('');
  const isLong = chips.length > MANY;
  const found = useMemo(() => {
    const folded = query.trim().toLowerCase();
    if (!isLong || folded === '') return chips;
    return chips.filter(({ text }) => text.toLowerCase().includes(folded));
  }, [chips, isLong, query]);
  const shown = isLong && query.trim() === '' ? FIRST : MANY;
  const more = found.length - Math.min(found.length, shown);
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      {isLong && (
        <LoneInput
          size="sm"
          icon={Search}
          value={query}
          onChange={setQuery}
          aria-label={`Find in ${label}`}
          placeholder={`Find in ${chips.length.toLocaleString('en')}`}
          className="max-w-64"
        />
      )}
      <ul aria-label={label} className="flex min-w-0 flex-wrap items-center gap-1">
        {found.slice(0, shown).map((chip) => (
          <ChipItem key={chip.key} chip={chip} onRemove={onRemove} />
        ))}
        {more > 0 && <li className="px-1 text-sm text-faint">and {more.toLocaleString('en')} more</li>}
        {isLong && found.length === 0 && <li className="px-1 text-sm text-faint">None fits “{query}”.</li>}
        {children !== undefined && <li className="min-w-32 flex-1">{children}</li>}
      </ul>
    </div>
  );
}

function ChipItem({ chip, onRemove }: { readonly chip: Chip; readonly onRemove: ((chip: Chip) => void) | null }) {
  return (
    <li
      className={`inline-flex h-7 max-w-full items-center gap-1 rounded-md pl-2 font-mono text-sm inset-ring ${
        chip.wrong === true ? 'bg-danger-soft text-danger-text inset-ring-danger' : 'bg-sunken inset-ring-line'
      } ${onRemove === null ? 'pr-2' : ''}`}
    >
      {chip.mark}
      <span className="truncate whitespace-pre">{chip.text}</span>
      {onRemove !== null && (
        <button
          type="button"
          aria-label={`Remove ${chip.text}`}
          onClick={() => onRemove(chip)}
          className="flex h-full w-6 shrink-0 items-center justify-center rounded-r-md text-faint hover:bg-hover hover:text-ink"
        >
          <X className="size-3.5" aria-hidden="true" />
        </button>
      )}
    </li>
  );
}
