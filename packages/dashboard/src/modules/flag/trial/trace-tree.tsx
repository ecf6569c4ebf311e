import type { ConditionTrace, ExplanationStep } from '@flaghoist/evaluator';
import { Check, CircleCheckBig, Minus, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from '../../../ui/class-names.ts';
import type { Configuration } from '../draft/configuration.ts';
import type { Words } from '../words/span.ts';
import { WordsText } from '../words/words-text.tsx';
import { bucketTraceWords, conditionTraceWords, type Outcome, stepWords } from './trace-words.ts';

/** Every step in order; the last one is what decided. */
export function TraceTree({
  steps,
  configuration,
}: {
  readonly steps: readonly ExplanationStep[];
  readonly configuration: Configuration | null;
}) {
  return (
    <ol className="flex min-w-0 flex-col gap-1">
      {steps.map((step, index) => (
        // Steps have no names; they never change.
        // oxlint-disable-next-line react/no-array-index-key
        <Step key={index} step={step} configuration={configuration} isLast={index === steps.length - 1} />
      ))}
    </ol>
  );
}

interface StepProps {
  readonly step: ExplanationStep;
  readonly configuration: Configuration | null;
  readonly isLast: boolean;
}

function Step({ step, configuration, isLast }: StepProps) {
  const outcome: Outcome = isLast ? 'decided' : isHeld(step) ? 'passed' : 'missed';
  return (
    <Line outcome={outcome} words={stepWords(step, configuration)}>
      {step.step === 'rule' && step.conditions.length > 0 && (
        <Conditions list={step.conditions} configuration={configuration} />
      )}
      {(step.step === 'rule' || step.step === 'default') && step.rollout !== undefined && (
        <p className="mt-1 text-sm">
          <WordsText words={bucketTraceWords(step.rollout)} />
        </p>
      )}
      {step.step === 'prerequisite' && step.steps.length > 0 && (
        <details className="mt-1">
          <summary className="text-sm text-soft hover:text-ink">How {step.flag} was evaluated</summary>
          <div className="mt-1">
            <TraceTree steps={step.steps} configuration={null} />
          </div>
        </details>
      )}
    </Line>
  );
}

function isHeld(step: ExplanationStep): boolean {
  switch (step.step) {
    case 'flag':
      return step.found && step.enabled;
    case 'prerequisite':
    case 'rule':
      return step.held;
    case 'targets':
      return step.variant !== null;
    case 'default':
      return true;
  }
}

function Conditions({
  list,
  configuration,
}: {
  readonly list: readonly ConditionTrace[];
  readonly configuration: Configuration | null;
}) {
  return (
    <ul className="mt-1 flex flex-col gap-0.5">
      {list.map((trace) => (
        <li key={trace.path} className="flex min-w-0 items-start gap-2 text-sm">
          {trace.held ? (
            <Check className="mt-0.5 size-3.5 shrink-0 text-on-text" aria-label="holds" />
          ) : (
            <X className="mt-0.5 size-3.5 shrink-0 text-danger-text" aria-label="does not hold" />
          )}
          <div className="min-w-0">
            <WordsText words={conditionTraceWords(trace, configuration)} className="wrap-break-word" />
            {trace.condition === 'bucket' && (
              <p>
                <WordsText words={bucketTraceWords(trace.bucket)} />
              </p>
            )}
            {trace.condition === 'group' && <Conditions list={trace.conditions} configuration={configuration} />}
            {trace.condition === 'segment' && trace.conditions.length > 0 && (
              <Conditions list={trace.conditions} configuration={null} />
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}

const MARKS = {
  passed: { icon: Check, ink: 'text-on-text', name: 'Passed: ' },
  decided: { icon: CircleCheckBig, ink: 'text-accent-text', name: 'Decided: ' },
  missed: { icon: Minus, ink: 'text-faint', name: 'Not this: ' },
} as const;

function Line({
  outcome,
  words,
  children,
}: {
  readonly outcome: Outcome;
  readonly words: Words;
  readonly children: ReactNode;
}) {
  const { icon: Icon, ink, name } = MARKS[outcome];
  return (
    <li
      className={cx(
        'flex min-w-0 items-start gap-2.5 rounded-lg border px-3 py-2',
        outcome === 'decided' ? 'border-accent bg-accent-soft' : 'border-transparent',
      )}
    >
      <Icon className={cx('mt-0.5 size-4 shrink-0', ink)} aria-hidden="true" />
      <div className="min-w-0 flex-1">
        <span className="sr-only">{name}</span>
        <WordsText words={words} className="wrap-break-word" />
        {children}
      </div>
    </li>
  );
}
