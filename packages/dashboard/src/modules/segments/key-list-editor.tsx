import { Plus, Search, Trash2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Section } from '../../ui/section.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { KeyRows } from './key-rows.tsx';
import { PasteDialog } from './paste-dialog.tsx';

export interface KeyListEditorProps {
  readonly title: string;
  readonly description: string;
  readonly keys: readonly string[];
  /** The other list, and what it is called: a key in both is worth a word. */
  readonly others: readonly string[];
  readonly otherName: string;
  readonly isLocked: boolean;
  readonly onAdd: (keys: readonly string[]) => void;
  readonly onRemove: (keys: ReadonlySet<string>) => void;
}

/** A list of targeting keys, however long. */
export function KeyListEditor({
  title,
  description,
  keys,
  others,
  otherName,
  isLocked,
  onAdd,
  onRemove,
}: KeyListEditorProps) {
  const [query, setQuery] = useState('');
  const [isPasting, setPasting] = useState(false);
  const wanted = query.trim().toLowerCase();
  const found = useMemo(
    () => (wanted === '' ? keys : keys.filter((key) => key.toLowerCase().includes(wanted))),
    [keys, wanted],
  );
  const both = useMemo(() => {
    const known = new Set(others);
    return keys.filter((key) => known.has(key)).length;
  }, [keys, others]);
  return (
    <Section
      title={
        <>
          {title} <span className="font-normal text-faint nums">{keys.length.toLocaleString('en')}</span>
        </>
      }
      description={description}
      actions={
        !isLocked && (
          <Button size="sm" icon={Plus} onClick={() => setPasting(true)}>
            Add keys
          </Button>
        )
      }
    >
      <Card flush className="flex h-80 flex-col">
        {keys.length > 0 && (
          <FindBar
            label={`Find among ${title.toLowerCase()}`}
            query={query}
            onChange={setQuery}
            found={wanted === '' ? null : found.length}
            onRemove={isLocked ? null : () => onRemove(new Set(found))}
          />
        )}
        {keys.length === 0 && (
          <p className="m-auto max-w-56 p-4 text-center text-soft">
            {isLocked
              ? 'No keys.'
              : 'No keys. Paste a list of the targeting keys that your program sends, up to 100,000.'}
          </p>
        )}
        {keys.length > 0 && found.length === 0 && (
          <p className="m-auto p-4 text-soft">No key holds “{query.trim()}”.</p>
        )}
        {found.length > 0 && (
          <KeyRows keys={found} label={title} onRemove={isLocked ? null : (key) => onRemove(new Set([key]))} />
        )}
      </Card>
      {both > 0 && (
        <p className="text-sm text-warn-text">
          {both === 1 ? '1 key is' : `${both.toLocaleString('en')} keys are`} {otherName} too. Included wins.
        </p>
      )}
      {isPasting && (
        <PasteDialog
          title={`Add to ${title.toLowerCase()}`}
          keys={keys}
          onClose={() => setPasting(false)}
          onAdd={(added) => {
            onAdd(added);
            setPasting(false);
          }}
        />
      )}
    </Section>
  );
}

interface FindBarProps {
  readonly label: string;
  readonly query: string;
  readonly onChange: (query: string) => void;
  /** Null: nothing is looked for. */
  readonly found: number | null;
  /** Removes what was found; null: nothing can be removed. */
  readonly onRemove: (() => void) | null;
}

function FindBar({ label, query, onChange, found, onRemove }: FindBarProps) {
  return (
    <div className="flex items-center gap-2 border-b p-2">
      <TextInput
        type="search"
        size="sm"
        icon={Search}
        value={query}
        onChange={onChange}
        placeholder="Find a key…"
        aria-label={label}
        className="flex-1"
      />
      {found !== null && (
        <span role="status" className="text-xs whitespace-nowrap text-faint nums">
          {found.toLocaleString('en')} found
        </span>
      )}
      {onRemove !== null && found !== null && found > 0 && (
        <Button
          size="sm"
          tone="ghost"
          icon={Trash2}
          onClick={() => {
            onRemove();
            onChange('');
          }}
        >
          Remove {found === 1 ? 'it' : 'these'}
        </Button>
      )}
    </div>
  );
}
