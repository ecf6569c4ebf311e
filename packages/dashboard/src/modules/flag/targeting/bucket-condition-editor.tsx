import type { BucketCondition } from '@flaghoist/evaluator';
import { NumberInput } from '../../../ui/number-input.tsx';
import { Select } from '../../../ui/select.tsx';
import { problemAt } from '../check/problems.ts';
import { percentDigits, percentOf, weightOf } from '../draft/rollout.ts';
import { useEditing } from '../editing/editing-context.ts';
import { AttributeField } from './attribute-field.tsx';
import { ContractFields } from './contract-fields.tsx';
import type { ConditionEditorProps } from './condition-props.ts';
import { Said } from './said.tsx';

const SIDES = [
  { value: 'in', label: 'is among' },
  { value: 'out', label: 'is not among' },
] as const;

/** A share of everybody, cut by the same hash as rollouts: with one salt they are layers. */
export function BucketConditionEditor({ condition, place, path, problems }: ConditionEditorProps<BucketCondition>) {
  const { edit } = useEditing();
  const { bucket, of, from, to, negate } = condition;
  const set = (next: BucketCondition, typing = false) => edit({ do: 'set condition', place, condition: next }, typing);
  const digits = percentDigits(of);
  const step = 10 ** -digits;
  return (
    <>
      <div className="flex min-w-0 flex-wrap items-center gap-2">
        <span className="text-soft">The context</span>
        <Select
          aria-label="Among or not among"
          value={negate === true ? 'out' : 'in'}
          onChange={(side) => {
            const { negate: _before, ...rest } = condition;
            set(side === 'out' ? { ...rest, negate: true } : rest);
          }}
          options={SIDES}
          className="w-36"
        />
        <NumberInput
          plain
          aria-label="From percent"
          unit="%"
          digits={digits}
          step={step}
          min={0}
          max={100}
          value={percentOf(from, of)}
          onChange={(percent) => percent !== null && set({ ...condition, from: weightOf(percent, of) }, true)}
          className="w-24"
        />
        <span className="text-soft">to</span>
        <NumberInput
          plain
          aria-label="To percent"
          unit="%"
          digits={digits}
          step={step}
          min={0}
          max={100}
          value={percentOf(to, of)}
          onChange={(percent) => percent !== null && set({ ...condition, to: weightOf(percent, of) }, true)}
          className="w-24"
        />
        <span className="text-soft">of</span>
        <AttributeField
          aria-label="Dealt by attribute"
          value={bucket.attribute ?? 'targetingKey'}
          onChange={(attribute) => {
            const { attribute: _before, ...rest } = bucket;
            set({ ...condition, bucket: attribute === 'targetingKey' ? rest : { ...rest, attribute } });
          }}
          className="w-44"
        />
      </div>
      <ContractFields
        bucketing={bucket}
        total={of}
        saltHint="Conditions with the same salt cut the same line of people: 0 to 10 % and 10 to 20 % never overlap."
        onChange={(next, typing) => set({ ...condition, bucket: next }, typing)}
        path={`${path}.bucket`}
        problems={problems}
      />
      <Said
        problem={
          problemAt(problems, `${path}.from`) ?? problemAt(problems, `${path}.to`) ?? problemAt(problems, `${path}.of`)
        }
      />
    </>
  );
}
