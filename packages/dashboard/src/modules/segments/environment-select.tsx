import { environmentOptions, type NamedEnvironment } from '../../api/environment-options.ts';
import { Select } from '../../ui/select.tsx';

export interface EnvironmentSelectProps {
  readonly value: string;
  readonly onChange: (environment: string) => void;
  readonly environments: readonly NamedEnvironment[];
}

/** Which environment's segments one looks at. */
export function EnvironmentSelect({ value, onChange, environments }: EnvironmentSelectProps) {
  return (
    <Select
      value={value}
      onChange={onChange}
      aria-label="Environment"
      className="w-44"
      options={environmentOptions(environments)}
    />
  );
}
