import { Search, X } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { buttonLook } from '../../ui/button-look.ts';
import { Kbd } from '../../ui/kbd.tsx';
import { useShortcut } from '../../ui/shortcuts.tsx';
import { LoneInput } from '../../ui/lone-input.tsx';

export interface SearchBoxProps {
  readonly value: string;
  /** Told once typing has rested for a moment. */
  readonly onChange: (value: string) => void;
  /** The arrow down leads into the list. */
  readonly onLeave: () => void;
  readonly label: string;
}

const REST_MS = 120;

/** Searches while one types; `/` leads to it. */
export function SearchBox({ value, onChange, onLeave, label }: SearchBoxProps) {
  const [text, setText] = useState(value);
  const told = useRef(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const input = useRef<HTMLInputElement>(null);
  useShortcut({ keys: '/', label, group: 'List' }, () => input.current?.focus());
  useEffect(() => {
    // Somebody else changed it: a saved filter, the way back.
    if (value === told.current) return;
    told.current = value;
    setText(value);
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);

  function type(next: string) {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      told.current = next;
      onChange(next);
    }, REST_MS);
  }
  function press(event: KeyboardEvent) {
    if (event.key === 'Escape') {
      if (text === '') input.current?.blur();
      else type('');
    } else if (event.key === 'ArrowDown' || event.key === 'Enter') {
      event.preventDefault();
      onLeave();
    }
  }
  return (
    <LoneInput
      ref={input}
      type="search"
      icon={Search}
      value={text}
      onChange={type}
      onKeyDown={press}
      aria-label={label}
      placeholder={`${label}…`}
      maxLength={256}
      className="min-w-0 flex-1 [&_input]:[&::-webkit-search-cancel-button]:hidden"
      end={
        text === '' ? (
          <span className="pr-1.5 max-lg:hidden" aria-hidden="true">
            <Kbd keys="/" />
          </span>
        ) : (
          <button
            type="button"
            aria-label="Clear the search"
            title="Clear the search"
            onClick={() => type('')}
            className={`${buttonLook('ghost', 'sm', true)} size-6!`}
          >
            <X className="size-4" aria-hidden="true" />
          </button>
        )
      }
    />
  );
}
