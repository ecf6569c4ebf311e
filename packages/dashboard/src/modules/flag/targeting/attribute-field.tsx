import { Combobox } from '../../../ui/combobox.tsx';
import { useAttributes } from './known-attributes.ts';

export interface AttributeFieldProps {
  readonly value: string;
  readonly onChange: (attribute: string) => void;
  readonly 'aria-label': string;
  readonly className?: string | undefined;
}

/** An attribute path; those that this flag and others use are offered, any other may be typed. */
export function AttributeField({ value, onChange, className, 'aria-label': label }: AttributeFieldProps) {
  const known = useAttributes();
  const options = known.map((path) => ({
    value: path,
    label: path,
    ...(HINTS[path] === undefined ? {} : { hint: HINTS[path] }),
  }));
  return (
    <Combobox
      mono
      allowNew
      aria-label={label}
      placeholder="attribute"
      empty="Type a name, such as company.plan"
      value={value === '' ? null : value}
      onChange={(next) => onChange(next ?? '')}
      options={options}
      className={className}
    />
  );
}

const HINTS: { readonly [path: string]: string | undefined } = {
  targetingKey: 'Who is asked about',
  $now: 'The time of the evaluation',
  $random: 'Another text in each evaluation',
};
