import { Field } from '@base-ui/react/field';
import type { ComponentProps } from 'react';
import { cx } from './class-names.ts';

export interface TextAreaProps extends Omit<ComponentProps<'textarea'>, 'onChange' | 'value' | 'defaultValue'> {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly mono?: boolean | undefined;
}

/** Several lines of text; it grows with them from `rows` (3) on. */
export function TextArea({ value, onChange, mono = false, rows = 3, className, ...rest }: TextAreaProps) {
  return (
    <Field.Control
      value={value}
      onValueChange={onChange}
      render={<textarea {...rest} rows={rows} />}
      className={cx(
        'control field-sizing-content max-h-96 w-full resize-y px-2.5 py-1.5',
        mono && 'font-mono text-sm',
        className,
      )}
    />
  );
}
