import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Plus, Trash2 } from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import { flagQuery, flagsQuery } from '../../../api/queries/flags.ts';
import { Button } from '../../../ui/button.tsx';
import { Card } from '../../../ui/card.tsx';
import { Combobox } from '../../../ui/combobox.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { MultiCombobox } from '../../../ui/multi-combobox.tsx';
import { Section } from '../../../ui/section.tsx';
import { firstUnder, type Problems } from '../check/problems.ts';
import type { Configuration } from '../draft/configuration.ts';
import { useEditing } from '../editing/editing-context.ts';
import { variantOptions } from '../variant-mark.tsx';
import { prerequisiteWords } from '../words/serve-words.ts';
import { WordsText } from '../words/words-text.tsx';
import { Count } from './rule-list.tsx';
import { Said } from './said.tsx';

export interface PrerequisitesProps {
  readonly prerequisites: Configuration['prerequisites'];
  readonly problems: Problems;
}

/** Other flags that have to serve certain variants first. */
export function Prerequisites({ prerequisites, problems }: PrerequisitesProps) {
  const { readOnly } = useEditing();
  const [isAdding, setAdding] = useState(false);
  return (
    <Section
      title={<Count label="Prerequisites" count={prerequisites.length} />}
      description={
        prerequisites.length === 0
          ? 'Other flags that have to serve a certain variant first; else this one serves its off variant.'
          : undefined
      }
      actions={
        !readOnly && (
          <Button size="sm" icon={Plus} onClick={() => setAdding(true)} disabled={isAdding}>
            Add prerequisite
          </Button>
        )
      }
    >
      {(prerequisites.length > 0 || isAdding) && (
        <Card flush>
          <ul className="divide-y">
            {prerequisites.map((one, index) => (
              <PrerequisiteRow key={one.flag} {...one} path={`$.prerequisites[${index}]`} problems={problems} />
            ))}
            {isAdding && (
              <NewPrerequisite taken={prerequisites.map(({ flag }) => flag)} onDone={() => setAdding(false)} />
            )}
          </ul>
        </Card>
      )}
    </Section>
  );
}

interface RowProps {
  readonly flag: string;
  readonly variants: readonly string[];
  readonly path: string;
  readonly problems: Problems;
}

function PrerequisiteRow({ flag, variants, path, problems }: RowProps) {
  const { edit, environment, project, readOnly } = useEditing();
  const { data: other } = useQuery(flagQuery(project, flag));
  const link = (
    <Link
      to="/projects/$project/flags/$flag"
      params={{ project, flag }}
      search={{ env: environment }}
      className="font-mono text-sm text-accent-text underline decoration-accent-text/40 underline-offset-3 hover:decoration-current"
    >
      {flag}
    </Link>
  );
  if (readOnly)
    return (
      <li className="p-3 sm:p-4">
        <WordsText words={prerequisiteWords({ flag, variants })} />
      </li>
    );
  return (
    <li className="flex min-w-0 flex-col gap-1.5 p-3 sm:p-4">
      <div className="flex min-w-0 flex-wrap items-center gap-2">
        {link}
        <span className="text-soft">has to serve</span>
        <MultiCombobox
          aria-label={`Variants of ${flag}`}
          value={variants}
          onChange={(next) => edit({ do: 'set prerequisite', flag, variants: next })}
          options={variantOptions(other?.variants ?? [])}
          empty={other === undefined ? 'Loading…' : 'It has no other variants.'}
          placeholder="Choose variants"
          className="min-w-48 flex-1"
        />
        <IconButton
          icon={Trash2}
          label={`No longer need ${flag}`}
          onClick={() => edit({ do: 'remove prerequisite', flag })}
        />
      </div>
      <Said problem={firstUnder(problems, path)} />
    </li>
  );
}

function NewPrerequisite({ taken, onDone }: { readonly taken: readonly string[]; readonly onDone: () => void }) {
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
