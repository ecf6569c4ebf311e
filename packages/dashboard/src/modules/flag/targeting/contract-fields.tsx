import type { Bucketing } from '@flaghoist/evaluator';
import { ChevronRight } from 'lucide-react';
import { Field } from '../../../ui/field.tsx';
import { MultiCombobox } from '../../../ui/multi-combobox.tsx';
import { NumberInput } from '../../../ui/number-input.tsx';
import { Select } from '../../../ui/select.tsx';
import { TextInput } from '../../../ui/text-input.tsx';
import { firstUnder, type Problems } from '../check/problems.ts';
import { useAttributes } from './known-attributes.ts';

export type Missing = 'error' | 'firstVariant' | 'fallThrough';

export interface ContractFieldsProps<Contract extends Bucketing & { readonly missing?: Missing }> {
  readonly bucketing: Contract;
  /** Into how many buckets everybody is divided. */
  readonly total: number;
  readonly saltHint: string;
  readonly onChange: (bucketing: Contract, typing?: boolean) => void;
  readonly path: string;
  readonly problems: Problems;
  /** Whether it may say what happens to whom it cannot deal. */
  readonly hasMissing?: boolean;
}

const ALGORITHMS: { readonly [algorithm in Bucketing['algorithm']]: string } = {
  'murmur3/1': 'MurmurHash3, as flagd does',
  'sha1-launchdarkly': 'SHA-1, as LaunchDarkly does',
  'murmur3-unleash': 'MurmurHash3, as Unleash does',
  'fnv-growthbook/1': 'FNV, as GrowthBook does (version 1)',
  'fnv-growthbook/2': 'FNV, as GrowthBook does (version 2)',
};

const MISSING = [
  { value: 'error', label: 'Answer an error', hint: 'Code uses its own default' },
  { value: 'firstVariant', label: 'Serve the first variant' },
  { value: 'fallThrough', label: 'Go on to the next rule' },
] as const;

/** How people are dealt into buckets. Behind a fold: whoever changes it deals everybody anew. */
export function ContractFields<Contract extends Bucketing & { readonly missing?: Missing }>(
  props: ContractFieldsProps<Contract>,
) {
  const { bucketing, total, saltHint, onChange, path, problems, hasMissing = false } = props;
  const known = useAttributes();
  const isWrong = firstUnder(problems, path) !== null;
  const set = (member: string, value: unknown, typing = false) => {
    const { [member as keyof Contract]: _before, ...rest } = bucketing;
    // The members are those of the contract; an absent one says nothing.
    onChange((value === undefined ? rest : { ...rest, [member]: value }) as Contract, typing);
  };
  return (
    <details className="group min-w-0" open={isWrong || undefined}>
      <summary className="inline-flex list-none items-center gap-1 rounded-sm text-sm text-soft hover:text-ink">
        <ChevronRight className="size-3.5 transition-transform group-open:rotate-90" aria-hidden="true" />
        How people are dealt
      </summary>
      <div className="mt-3 grid gap-4 rounded-lg bg-sunken p-3 sm:grid-cols-2">
        <p className="text-sm text-soft sm:col-span-2">
          {ALGORITHMS[bucketing.algorithm]}, into {total.toLocaleString('en')} buckets. Whoever changes what stands here
          deals everybody anew: people move between variants.
        </p>
        <Field label="Salt" optional hint={saltHint} error={firstUnder(problems, `${path}.salt`)?.message}>
          <TextInput
            mono
            value={bucketing.salt ?? ''}
            placeholder="the flag’s key"
            onChange={(text) => set('salt', text === '' ? undefined : text, true)}
          />
        </Field>
        <Field
          label="Else by"
          optional
          hint="Attributes that are asked in turn when the first has no value."
          error={firstUnder(problems, `${path}.fallback`)?.message}
        >
          <MultiCombobox
            mono
            allowNew
            value={bucketing.fallback ?? []}
            onChange={(paths) => set('fallback', paths.length === 0 ? undefined : paths)}
            options={known.map((one) => ({ value: one, label: one }))}
          />
        </Field>
        {bucketing.algorithm === 'murmur3-unleash' && (
          <Field label="Seed" error={firstUnder(problems, `${path}.seed`)?.message}>
            <NumberInput
              plain
              digits={0}
              min={0}
              value={bucketing.seed ?? 0}
              onChange={(seed) => set('seed', seed ?? undefined, true)}
            />
          </Field>
        )}
        {hasMissing && (
          <Field label="Who has none of these attributes" error={firstUnder(problems, `${path}.missing`)?.message}>
            <Select
              value={bucketing.missing ?? 'error'}
              onChange={(missing) => set('missing', missing === 'error' ? undefined : missing)}
              options={MISSING}
            />
          </Field>
        )}
      </div>
    </details>
  );
}
