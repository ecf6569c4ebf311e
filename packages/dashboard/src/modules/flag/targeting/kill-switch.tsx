import { Card } from '../../../ui/card.tsx';
import { Checkbox } from '../../../ui/checkbox.tsx';
import { Switch } from '../../../ui/switch.tsx';
import { firstUnder, type Problems } from '../check/problems.ts';
import type { Configuration } from '../draft/configuration.ts';
import { useEditing } from '../editing/editing-context.ts';
import { Select } from '../late-parts.tsx';
import { variantOptions } from '../variant-mark.tsx';
import { Said } from './said.tsx';

export interface KillSwitchProps {
  readonly configuration: Configuration;
  readonly enabled: boolean;
  readonly pending: boolean;
  readonly onToggle: (enabled: boolean) => void;
  readonly problems: Problems;
}

const NOTHING = '';

/** On or off, at once; what off serves, and whether browsers may ask, with the other edits. */
export function KillSwitch({ configuration, enabled, pending, onToggle, problems }: KillSwitchProps) {
  const { edit, environment, readOnly, variants } = useEditing();
  const { offVariant, clientVisible } = configuration;
  const options = [
    ...variantOptions(variants).map((option) => ({ ...option, value: ` ${option.value}` })),
    { value: NOTHING, label: 'nothing: code uses its own default' },
  ];
  return (
    <Card className="flex flex-wrap items-center justify-between gap-x-8 gap-y-4">
      <Switch
        checked={enabled}
        pending={pending}
        disabled={readOnly}
        onChange={onToggle}
        label={enabled ? `On in ${environment}` : `Off in ${environment}`}
        hint={enabled ? 'Turning it off takes effect at once.' : 'Everybody gets what off serves.'}
      />
      <div className="flex min-w-0 flex-wrap items-center gap-x-6 gap-y-3">
        <span className="flex min-w-0 items-center gap-2">
          <span className="shrink-0 text-soft">Off serves</span>
          <Select
            aria-label="What off serves"
            disabled={readOnly}
            value={offVariant === null ? NOTHING : ` ${offVariant}`}
            onChange={(value) => edit({ do: 'set off variant', variant: value === NOTHING ? null : value.slice(1) })}
            options={options}
            className="w-48"
          />
        </span>
        <Checkbox
          checked={clientVisible}
          disabled={readOnly}
          onChange={(visible) => edit({ do: 'set client visible', visible })}
          label="Client keys may ask for it"
          hint="Needed in browsers and on phones"
        />
      </div>
      <Said problem={firstUnder(problems, '$.offVariant')} className="w-full" />
    </Card>
  );
}
