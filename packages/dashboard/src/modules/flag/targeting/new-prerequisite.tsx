import { useInfiniteQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { flagsQuery } from '../../../api/queries/flags.ts';
import { Button } from '../../../ui/button.tsx';
import { Combobox } from '../../../ui/combobox.tsx';
import { useEditing } from '../editing/editing-context.ts';

export interface NewPrerequisiteProps {
  /** Flags that are needed already. */
  readonly taken: readonly string[];
  readonly onDone: () => void;
}

/** Chooses a flag that is needed from now on. */
export function NewPrerequisite({ taken, onDone }: NewPrerequisiteProps) {
  const { edit, flag: own, project } = useEditing();
  const [query, setQuery] = useState('');
  const asked = useDeferredValue(query);
  const { data, isPending } = useInfiniteQuery(flagsQuery(project, asked === '' ? {} : { q: asked }));
  const found = (data?.pages ?? [])
    .flatMap(({ items }) => items)
    .filter(({ key }) => key !== own && !taken.includes(key));
  return (
    <li className="flex min-w-0 flex-wrap items-center gap-2 p-3 sm:p-4">
      <Combobox
        mono
        aria-label="Flag that is needed"
        placeholder="Find a flag"
        empty={isPending ? 'Loading…' : 'No other flag fits.'}
        value={null}
        onChange={(flag) => {
          const chosen = found.find(({ key }) => key === flag);
          if (flag === null) return;
          const first = chosen?.variants.slice(0, 1) ?? [];
          edit({ do: 'add prerequisite', flag, variants: first });
          onDone();
        }}
        onQuery={setQuery}
        options={found.map(({ key, name }) => ({ value: key, label: key, ...(name === key ? {} : { hint: name }) }))}
        className="w-full sm:w-72"
      />
      <Button tone="ghost" size="sm" onClick={onDone}>
        Cancel
      </Button>
    </li>
  );
}
