import { UserRound } from 'lucide-react';
import { useMemo, useState } from 'react';
import { Card } from '../../../ui/card.tsx';
import { Section } from '../../../ui/section.tsx';
import { showToast } from '../../../ui/toast.tsx';
import { firstUnder, type Problems } from '../check/problems.ts';
import type { Configuration } from '../draft/configuration.ts';
import { keysOf, readPastedKeys, variantByKey } from '../draft/targets.ts';
import { useEditing } from '../editing/editing-context.ts';
import { TargetMenu } from '../late-parts.tsx';
import { VariantMark } from '../variant-mark.tsx';
import { ChipInput } from './chip-input.tsx';
import { ChipList } from './chip-list.tsx';
import { Count } from './rule-list.tsx';
import { Said } from './said.tsx';

export interface TargetsProps {
  readonly targets: Configuration['targets'];
  readonly problems: Problems;
}

/** Targeting keys that get a variant whatever the rules say. */
export function Targets({ targets, problems }: TargetsProps) {
  const { variants, readOnly } = useEditing();
  const [begun, setBegun] = useState<readonly string[]>([]);
  const count = targets.reduce((sum, { keys }) => sum + keys.length, 0);
  const used = variants.filter((name) => begun.includes(name) || targets.some((target) => target.variant === name));
  const free = variants.filter((name) => !used.includes(name));
  const known = useMemo(() => variantByKey(targets), [targets]);
  return (
    <Section
      title={<Count label="Individual targets" count={count} />}
      description={
        used.length === 0
          ? 'Named people get a variant before any rule is asked: testers, a customer who waits.'
          : undefined
      }
      actions={
        !readOnly &&
        free.length > 0 && <TargetMenu variants={free} onChoose={(name) => setBegun((before) => [...before, name])} />
      }
    >
      <Said problem={firstUnder(problems, '$.targets')} />
      {used.length > 0 && (
        <Card flush>
          <ul className="divide-y">
            {used.map((name) => (
              <TargetRow key={name} variant={name} targets={targets} known={known} />
            ))}
          </ul>
        </Card>
      )}
    </Section>
  );
}

interface TargetRowProps {
  readonly variant: string;
  readonly targets: Configuration['targets'];
  readonly known: ReadonlyMap<string, string>;
}

function TargetRow({ variant, targets, known }: TargetRowProps) {
  const { edit, readOnly, variants } = useEditing();
  const keys = keysOf(targets, variant);
  const chips = useMemo(() => keys.map((key) => ({ key, text: key })), [keys]);

  function add(added: readonly string[]): boolean {
    const moved = added.filter((key) => known.has(key) && known.get(key) !== variant);
    const fresh = added.filter((key) => known.get(key) !== variant);
    edit({ do: 'add keys', variant, keys: added });
    if (moved.length > 0)
      showToast({
        title: `${count(moved.length)} moved to ${variant}`,
        detail: 'A targeting key stands in one target only.',
      });
    else if (added.length > 1) showToast({ title: `${count(fresh.length)} added to ${variant}` });
    return true;
  }

  return (
    <li className="grid min-w-0 gap-x-4 gap-y-2 p-3 sm:grid-cols-[9rem_minmax(0,1fr)] sm:p-4">
      <span className="flex min-w-0 items-center gap-2 self-start pt-1">
        <VariantMark variants={variants} name={variant} />
        <span className="truncate font-medium">{variant}</span>
        <span className="inline-flex items-center gap-1 text-sm text-faint nums">
          <UserRound className="size-3.5" aria-hidden="true" />
          {keys.length.toLocaleString('en')}
        </span>
      </span>
      <ChipList
        aria-label={`Targeting keys of ${variant}`}
        chips={chips}
        onRemove={readOnly ? null : (chip) => edit({ do: 'remove keys', keys: [chip.key] })}
      >
        {!readOnly && (
          <ChipInput
            aria-label={`Add a targeting key to ${variant}`}
            placeholder="Add a key, or paste many"
            onAdd={add}
            onRemoveLast={() => keys.length > 0 && edit({ do: 'remove keys', keys: keys.slice(-1) })}
            split={readPastedKeys}
          />
        )}
      </ChipList>
    </li>
  );
}

function count(keys: number): string {
  return keys === 1 ? '1 key' : `${keys.toLocaleString('en')} keys`;
}
