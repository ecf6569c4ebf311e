import { Plus } from 'lucide-react';
import { useState } from 'react';
import { FLAG_TYPE_WORDS } from '../../../api/flag-type-words.ts';
import type { Flag } from '../../../api/openapi.d.ts';
import { Button } from '../../../ui/button.tsx';
import { Card } from '../../../ui/card.tsx';
import { Section } from '../../../ui/section.tsx';
import { firstUnder, memberPath, type Problems } from '../check/problems.ts';
import type { Values } from '../draft/configuration.ts';
import { useEditing } from '../editing/editing-context.ts';
import { Said } from '../targeting/said.tsx';
import { VariantMark } from '../variant-mark.tsx';
import { AddVariantDialog } from './add-variant-dialog.tsx';
import { useFlagRights } from '../use-rights.ts';
import { ValueInput } from './value-input.tsx';

export interface VariantsTabProps {
  readonly flag: Flag;
  readonly values: Values;
  readonly problems: Problems;
}

/** What each variant means in this environment. Names belong to the flag, values to the environment. */
export function VariantsTab({ flag, values, problems }: VariantsTabProps) {
  const { edit, settle, environment, readOnly, type, variants } = useEditing();
  const [isAdding, setAdding] = useState(false);
  const mayAdd = useFlagRights(flag.project).mayDescribe && flag.lifecycle === 'active';
  return (
    <Section
      title="Variants"
      description={`Values in ${environment}, of type ${FLAG_TYPE_WORDS[type]}. Names are the same in every environment, because code and counts know them.`}
      actions={
        mayAdd && (
          <Button size="sm" icon={Plus} onClick={() => setAdding(true)}>
            Add variant
          </Button>
        )
      }
    >
      <Card flush>
        <ul className="divide-y">
          {Object.entries(values).map(([name, value]) => (
            <li key={name} className="grid min-w-0 gap-x-6 gap-y-2 p-4 sm:grid-cols-[12rem_minmax(0,1fr)]">
              <span className="flex min-w-0 items-center gap-2 self-start pt-1">
                <VariantMark variants={variants} name={name} />
                <span className="truncate font-mono font-medium">{name}</span>
              </span>
              <div className="flex min-w-0 flex-col gap-1.5">
                <ValueInput
                  type={type}
                  name={name}
                  value={value}
                  readOnly={readOnly}
                  onChange={(next, typing) => edit({ do: 'set value', variant: name, value: next }, typing)}
                  onSettle={settle}
                />
                <Said problem={firstUnder(problems, memberPath('$.variants', name))} />
              </div>
            </li>
          ))}
        </ul>
      </Card>
      <Said problem={problems.find(({ path }) => path === '$.variants') ?? null} />
      {isAdding && <AddVariantDialog flag={flag} onClose={() => setAdding(false)} />}
    </Section>
  );
}
