import { isProductionLike } from '../../api/environment-look.ts';
import { environmentOptions, type NamedEnvironment } from '../../api/environment-options.ts';
import { cx } from '../../ui/class-names.ts';
import { Select } from '../../ui/select.tsx';

export interface SwitchedSelectProps {
  readonly environments: readonly NamedEnvironment[];
  readonly switched: string;
  readonly onSwitch: (environment: string) => void;
}

/** Chooses the environment whose switch stands in the rows. */
export function SwitchedSelect({ environments, switched, onSwitch }: SwitchedSelectProps) {
  return (
    <Select
      value={switched}
      onChange={onSwitch}
      options={environmentOptions(environments)}
      size="sm"
      aria-label="The switches are of this environment"
      className={cx('min-w-0 flex-1', isProductionLike(switched) && 'border-warn!')}
    />
  );
}
