import { cx } from '../../../ui/class-names.ts';
import type { SpanKind, Words } from './span.ts';

const LOOKS: { readonly [kind in SpanKind]: string } = {
  text: '',
  variant: 'font-semibold text-ink',
  attribute: 'font-mono text-[0.92em] text-ink',
  value: 'rounded-sm bg-sunken px-1 font-mono text-[0.92em] text-ink wrap-anywhere inset-ring inset-ring-line',
  segment: 'font-medium text-accent-text',
  flag: 'font-mono text-[0.92em] text-accent-text',
  rule: 'font-mono text-[0.92em] text-faint',
  percent: 'font-semibold whitespace-nowrap text-ink nums',
  remark: 'text-faint',
};

/** A sentence about a flag; read aloud it is its plain text. */
export function WordsText({ words, className }: { readonly words: Words; readonly className?: string | undefined }) {
  return (
    <span className={cx('text-soft', className)}>
      {words.map((span, index) => (
        // A sentence is written as a whole: its pieces have no life of their own.
        // oxlint-disable-next-line react/no-array-index-key
        <span key={index} className={LOOKS[span.kind]}>
          {span.text}
        </span>
      ))}
    </span>
  );
}
