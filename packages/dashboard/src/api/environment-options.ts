import { environmentHue, isProductionLike } from './environment-look.ts';

export interface NamedEnvironment {
  readonly key: string;
  readonly name: string;
}

/** Environments to choose from, each with its colour; those that people live in say so. */
export function environmentOptions(environments: readonly NamedEnvironment[]) {
  return environments.map(({ key, name }) => ({
    value: key,
    label: name,
    hue: environmentHue(key),
    hint: hintOf({ key, name }),
  }));
}

function hintOf({ key, name }: NamedEnvironment): string | undefined {
  const parts = [...(name === key ? [] : [key]), ...(isProductionLike(key) ? ['live'] : [])];
  return parts.length === 0 ? undefined : parts.join(' · ');
}
