import { environmentHue, isProductionLike } from '../../api/environment-look.ts';
import { Dot } from '../../ui/dot.tsx';
import { Select } from '../../ui/select.tsx';

export interface EnvironmentSelectProps {
  readonly value: string;
  readonly onChange: (environment: string) => void;
  readonly environments: readonly { readonly key: string; readonly name: string }[];
}

/** Which environment's segments one looks at. */
export function EnvironmentSelect({ value, onChange, environments }: EnvironmentSelectProps) {
  return (
    <Select
      value={value}
      onChange={onChange}
      aria-label="Environment"
      className="w-44"
      options={environments.map(({ key, name }) => ({
        value: key,
        label: name,
        mark: <Dot hue={environmentHue(key)} />,
        ...(isProductionLike(key) ? { hint: 'What people use' } : {}),
      }))}
    />
  );
}
