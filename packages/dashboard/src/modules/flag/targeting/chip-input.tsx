import { type ClipboardEvent, type KeyboardEvent, useState } from 'react';
import { LoneInput } from '../../../ui/lone-input.tsx';

export interface ChipInputProps {
  /** Takes what was typed or pasted; false when none of it can be taken, and it stays in the field. */
  readonly onAdd: (texts: readonly string[]) => boolean;
  /** Backspace in the empty field. */
  readonly onRemoveLast: () => void;
  /** How a paste is divided. */
  readonly split: (text: string) => readonly string[];
  readonly placeholder: string;
  readonly 'aria-label': string;
}

/** Typing ends with Enter, a comma or leaving the field. */
export function ChipInput({ onAdd, onRemoveLast, split, placeholder, 'aria-label': label }: ChipInputProps) {
  const [text, setText] = useState('');
  const [isRefused, setRefused] = useState(false);

  function take(taken: string): void {
    if (taken.trim() === '') return;
    const isTaken = onAdd([taken.trim()]);
    setRefused(!isTaken);
    if (isTaken) setText('');
  }

  function press(event: KeyboardEvent): void {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter' || event.key === ',') {
      event.preventDefault();
      take(text);
    } else if (event.key === 'Backspace' && text === '') onRemoveLast();
  }

  function paste(event: ClipboardEvent): void {
    const parts = split(event.clipboardData.getData('text'));
    if (parts.length < 2) return;
    event.preventDefault();
    onAdd(parts);
  }

  return (
    <LoneInput
      mono
      value={text}
      onChange={(next) => {
        setText(next);
        setRefused(false);
      }}
      onKeyDown={press}
      onPaste={paste}
      onBlur={() => take(text)}
      placeholder={placeholder}
      aria-label={label}
      aria-invalid={isRefused || undefined}
      spellCheck={false}
      className="w-full"
    />
  );
}
