import type { Rollout } from '@flaghoist/evaluator';
import { Equal, Lock, LockOpen, Plus, X } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../../ui/button.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Menu, MenuItem } from '../../../ui/menu.tsx';
import { NumberInput } from '../../../ui/number-input.tsx';
import { Slider } from '../../../ui/slider.tsx';
import { firstUnder, type Problems } from '../check/problems.ts';
import {
  addShare,
  finerTotal,
  percentDigits,
  percentOf,
  percentText,
  removeShare,
  scaleTo,
  setWeight,
  splitEqually,
  totalOf,
  weightOf,
} from '../draft/rollout.ts';
import { useEditing } from '../editing/editing-context.ts';
import { VariantMark } from '../variant-mark.tsx';
import { AttributeField } from './attribute-field.tsx';
import { ContractFields } from './contract-fields.tsx';
import { RolloutBar } from './rollout-bar.tsx';
import { Said } from './said.tsx';

export interface RolloutEditorProps {
  readonly rollout: Rollout;
  readonly onChange: (rollout: Rollout, typing?: boolean) => void;
  readonly path: string;
  readonly problems: Problems;
}

export function RolloutEditor({ rollout, onChange, path, problems }: RolloutEditorProps) {
  const { variants } = useEditing();
  const [locked, setLocked] = useState<readonly string[]>([]);
  const { bucketing } = rollout;
  const toggleLock = (name: string) =>
    setLocked((before) => (before.includes(name) ? before.filter((one) => one !== name) : [...before, name]));
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <RolloutBar rollout={rollout} variants={variants} />
      <ul className="flex min-w-0 flex-col gap-1">
        {rollout.variants.map(({ variant }) => (
          <Share key={variant} {...{ rollout, variant, locked, onChange }} onLock={() => toggleLock(variant)} />
        ))}
      </ul>
      <Said problem={firstUnder(problems, `${path}.variants`)} />
      <RolloutTools rollout={rollout} onChange={onChange} />
      <div className="flex flex-wrap items-center gap-2">
        <span className="text-soft">Dealt by</span>
        <AttributeField
          aria-label="Dealt by attribute"
          value={bucketing.attribute ?? 'targetingKey'}
          onChange={(attribute) => {
            const { attribute: _before, ...rest } = bucketing;
            onChange({
              ...rollout,
              bucketing: attribute === 'targetingKey' || attribute === '' ? rest : { ...rest, attribute },
            });
          }}
          className="w-full sm:w-56"
        />
      </div>
      <Said problem={firstUnder(problems, `${path}.bucketing.attribute`)} />
      <ContractFields
        hasMissing
        bucketing={bucketing}
        total={totalOf(rollout)}
        saltHint="Rollouts with the same salt put the same people first."
        onChange={(next, typing) => onChange({ ...rollout, bucketing: next }, typing)}
        path={`${path}.bucketing`}
        problems={problems}
      />
    </div>
  );
}

interface ShareProps extends Pick<RolloutEditorProps, 'rollout' | 'onChange'> {
  readonly variant: string;
  readonly locked: readonly string[];
  readonly onLock: () => void;
}

function Share({ rollout, variant, locked, onChange, onLock }: ShareProps) {
  const { variants, settle } = useEditing();
  const total = totalOf(rollout);
  const weight = rollout.variants.find((one) => one.variant === variant)?.weight ?? 0;
  const isLocked = locked.includes(variant);
  const isAlone = rollout.variants.length === 1;
  const digits = percentDigits(total);
  const set = (wanted: number) => onChange(setWeight(rollout, variant, wanted, locked), true);
  return (
    <li className="grid min-w-0 grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3 sm:grid-cols-[minmax(6rem,12rem)_minmax(0,1fr)_auto]">
      <span className="flex min-w-0 items-center gap-2">
        <VariantMark variants={variants} name={variant} />
        <span className="truncate font-medium">{variant}</span>
      </span>
      <div className="order-last col-span-2 sm:order-none sm:col-span-1">
        <Slider
          aria-label={`Share of ${variant}`}
          value={weight}
          min={0}
          max={total}
          step={Math.max(1, Math.round(total / 100))}
          disabled={isLocked || isAlone}
          valueText={(value) => percentText(value, total)}
          onChange={set}
          onCommit={settle}
        />
      </div>
      <span className="flex items-center gap-1">
        <NumberInput
          plain
          aria-label={`Percent of ${variant}`}
          unit="%"
          digits={digits}
          step={1}
          min={0}
          max={100}
          value={Number(percentOf(weight, total).toFixed(digits))}
          disabled={isLocked || isAlone}
          onChange={(percent) => percent !== null && set(weightOf(percent, total))}
          className="w-24"
        />
        <IconButton
          icon={isLocked ? Lock : LockOpen}
          label={isLocked ? `Let ${variant} move with the others` : `Keep ${variant} while others move`}
          aria-pressed={isLocked}
          disabled={isAlone}
          onClick={onLock}
          className={isLocked ? 'text-accent-text' : ''}
        />
        <IconButton
          icon={X}
          label={`Take ${variant} out of the rollout`}
          disabled={isAlone}
          onClick={() => onChange(removeShare(rollout, variant, locked))}
        />
      </span>
    </li>
  );
}

function RolloutTools({ rollout, onChange }: Pick<RolloutEditorProps, 'rollout' | 'onChange'>) {
  const { variants } = useEditing();
  const absent = variants.filter((name) => !rollout.variants.some((one) => one.variant === name));
  const finer = finerTotal(rollout);
  return (
    <div className="-ml-2 flex flex-wrap gap-1">
      {absent.length > 0 && (
        <Menu
          trigger={
            <Button size="sm" tone="ghost" icon={Plus}>
              Add variant
            </Button>
          }
        >
          {absent.map((name) => (
            <MenuItem key={name} onSelect={() => onChange(addShare(rollout, name))}>
              {name}
            </MenuItem>
          ))}
        </Menu>
      )}
      {rollout.variants.length > 1 && (
        <Button size="sm" tone="ghost" icon={Equal} onClick={() => onChange(splitEqually(rollout))}>
          Split equally
        </Button>
      )}
      {finer !== null && (
        <Button size="sm" tone="ghost" onClick={() => onChange(scaleTo(rollout, finer))}>
          Allow 0.001 % steps (nobody moves)
        </Button>
      )}
    </div>
  );
}
