import { CircleCheck, Info, Lightbulb, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Tone } from './badge.tsx';
import { cx } from './class-names.ts';

const LOOKS = {
  neutral: { icon: Info, box: 'bg-sunken', ink: 'text-soft' },
  accent: { icon: Lightbulb, box: 'bg-accent-soft', ink: 'text-accent-text' },
  on: { icon: CircleCheck, box: 'bg-on-soft', ink: 'text-on-text' },
  warn: { icon: TriangleAlert, box: 'bg-warn-soft', ink: 'text-warn-text' },
  danger: { icon: TriangleAlert, box: 'bg-danger-soft', ink: 'text-danger-text' },
} as const satisfies Readonly<Record<Tone, unknown>>;

export interface CalloutProps {
  readonly tone?: Tone | undefined;
  readonly title?: ReactNode;
  readonly action?: ReactNode;
  readonly children?: ReactNode;
  readonly className?: string | undefined;
}

/** Something worth knowing before one goes on. For failures use ErrorNote, which is read aloud. */
export function Callout({ tone = 'neutral', title, action, children, className }: CalloutProps) {
  const { icon: Icon, box, ink } = LOOKS[tone];
  return (
    <div className={cx('flex items-start gap-2.5 rounded-lg px-3 py-2.5', box, className)}>
      <Icon className={cx('mt-0.5 size-4 shrink-0', ink)} aria-hidden="true" />
      <div className="min-w-0 flex-1">
        {title !== undefined && <p className="font-medium">{title}</p>}
        {children !== undefined && <div className="text-soft">{children}</div>}
      </div>
      {action}
    </div>
  );
}
