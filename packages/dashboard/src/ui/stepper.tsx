import { Check } from 'lucide-react';
import { cx } from './class-names.ts';

export interface StepperProps {
  readonly steps: readonly string[];
  /** Index of the step one is at; `steps.length` when all are done. */
  readonly current: number;
  readonly 'aria-label': string;
}

/** Where one is in a row of steps. */
export function Stepper({ steps, current, ...rest }: StepperProps) {
  return (
    <ol {...rest} className="flex flex-wrap items-center gap-x-2 gap-y-1">
      {steps.map((step, at) => (
        <li key={step} aria-current={at === current ? 'step' : undefined} className="flex items-center gap-2">
          {at > 0 && <span aria-hidden="true" className="h-px w-6 bg-edge/50" />}
          <span
            className={cx(
              'flex size-5 items-center justify-center rounded-full text-xs font-semibold nums',
              at < current && 'bg-on-soft text-on-text',
              at === current && 'bg-accent text-white',
              at > current && 'bg-sunken text-faint',
            )}
          >
            {at < current ? <Check className="size-3" strokeWidth={3} aria-label="Done" /> : at + 1}
          </span>
          <span className={cx('text-sm', at === current ? 'font-medium' : 'text-soft')}>{step}</span>
        </li>
      ))}
    </ol>
  );
}
