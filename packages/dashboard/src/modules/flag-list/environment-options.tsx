import { environmentHue } from '../../api/environment-look.ts';
import { Dot } from '../../ui/dot.tsx';
import type { Option } from '../../ui/option.ts';

export interface Named {
  readonly key: string;
  readonly name: string;
}

/** Environments to choose from, each with its colour. */
export function environmentOptions(environments: readonly Named[]): readonly Option[] {
  return environments.map(({ key, name }) => ({
    value: key,
    label: name,
    ...(name === key ? {} : { hint: key }),
    mark: <Dot hue={environmentHue(key)} />,
  }));
}
