import type { Evaluation, ExplanationStep } from '@flaghoist/evaluator';
import { Badge } from '../../../ui/badge.tsx';
import { Card } from '../../../ui/card.tsx';
import { Code } from '../../../ui/copy-text.tsx';
import type { Configuration } from '../draft/configuration.ts';
import { useEditing } from '../editing/editing-context.ts';
import { VariantMark } from '../variant-mark.tsx';
import { capital } from '../words/span.ts';
import { WordsText } from '../words/words-text.tsx';
import { reasonWords } from './trace-words.ts';
import { TraceTree } from './trace-tree.tsx';

export interface AnswerProps {
  readonly evaluation: Evaluation;
  readonly revision: string;
  readonly steps: readonly ExplanationStep[];
  readonly configuration: Configuration;
  readonly isDraft: boolean;
}

export function Answer({ evaluation, revision, steps, configuration, isDraft }: AnswerProps) {
  const { variants } = useEditing();
  const { variant, value } = evaluation;
  return (
    <div className="flex min-w-0 flex-col gap-4" aria-live="polite">
      <Card className="flex flex-col gap-2">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          {variant === undefined ? (
            <span className="text-lg font-semibold">no variant</span>
          ) : (
            <span className="flex items-center gap-2 text-lg font-semibold">
              <VariantMark variants={variants} name={variant} className="size-3.5" />
              {variant}
            </span>
          )}
          <Badge tone={evaluation.reason === 'ERROR' ? 'danger' : 'neutral'}>{evaluation.reason}</Badge>
        </div>
        <p>
          <WordsText words={capital(reasonWords(evaluation))} />
        </p>
        {value !== undefined &&
          (typeof value === 'object' ? (
            <Code text={JSON.stringify(value, null, 2)} label="value" />
          ) : (
            <p>
              Value{' '}
              <code className="rounded-sm bg-sunken px-1 font-mono text-sm inset-ring inset-ring-line">
                {JSON.stringify(value)}
              </code>
            </p>
          ))}
        {variant === undefined && <p className="text-soft">Code uses its own default.</p>}
        <p className="text-sm text-faint">
          At revision {revision}
          {isDraft ? ', with your unsaved edits' : ''}.
        </p>
      </Card>
      <TraceTree steps={steps} configuration={configuration} />
    </div>
  );
}
