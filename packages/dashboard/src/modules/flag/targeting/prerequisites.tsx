import { Link } from '@tanstack/react-router';
import { Plus, Trash2 } from 'lucide-react';
import { Suspense, useState } from 'react';
import { Button } from '../../../ui/button.tsx';
import { Card } from '../../../ui/card.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Section } from '../../../ui/section.tsx';
import { firstUnder, type Problems } from '../check/problems.ts';
import type { Configuration } from '../draft/configuration.ts';
import { useEditing } from '../editing/editing-context.ts';
import { NeededVariants, NewPrerequisite } from '../late-parts.tsx';
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
              <Suspense fallback={<li className="h-14 sm:h-16" />}>
                <NewPrerequisite taken={prerequisites.map(({ flag }) => flag)} onDone={() => setAdding(false)} />
              </Suspense>
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
        <NeededVariants flag={flag} variants={variants} />
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
