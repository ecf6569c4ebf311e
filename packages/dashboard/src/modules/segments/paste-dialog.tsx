import { useDeferredValue, useMemo, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { parsePaste, pasteText } from './pasted-keys.ts';

export interface PasteDialogProps {
  readonly title: string;
  /** Of the list already. */
  readonly keys: readonly string[];
  readonly onAdd: (keys: readonly string[]) => void;
  readonly onClose: () => void;
}

/** Takes a list of keys as text, and says what comes of it before it is added. */
export function PasteDialog({ title, keys, onAdd, onClose }: PasteDialogProps) {
  const [text, setText] = useState('');
  const late = useDeferredValue(text);
  const known = useMemo(() => new Set(keys), [keys]);
  const pasted = useMemo(() => parsePaste(late, known), [late, known]);
  const isBehind = late !== text;
  const count = pasted.added.length;
  return (
    <Dialog
      open
      onClose={onClose}
      sticky={text !== ''}
      title={title}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button tone="primary" disabled={count === 0 || isBehind} onClick={() => onAdd(pasted.added)}>
            {count === 0 ? 'Add' : count === 1 ? 'Add 1 key' : `Add ${count.toLocaleString('en')} keys`}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Field
          label="Targeting keys"
          hint="One a line, or with commas between. Blanks around a key do not count; upper and lower case do."
        >
          <textarea
            value={text}
            onChange={(event) => setText(event.target.value)}
            rows={10}
            spellCheck={false}
            autoCapitalize="off"
            placeholder={'user-1\nuser-2\nuser-3'}
            aria-label="Targeting keys"
            className="control h-56 w-full resize-y px-2.5 py-1.5 font-mono text-sm"
          />
        </Field>
        <p role="status" className="nums">
          {pasteText(pasted)}
        </p>
        {pasted.examples.length > 0 && (
          // Focusable, so that the keyboard can scroll it.
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
          <ul
            tabIndex={0}
            aria-label="What cannot be a key"
            className="max-h-32 overflow-y-auto rounded-lg bg-danger-soft px-3 py-2 text-sm wrap-anywhere"
          >
            {pasted.examples.map(({ text: wrong, why }, at) => (
              <li key={`${at} ${wrong}`} className="py-0.5">
                <code className="font-mono">{wrong}</code>: {why}
              </li>
            ))}
          </ul>
        )}
      </div>
    </Dialog>
  );
}
