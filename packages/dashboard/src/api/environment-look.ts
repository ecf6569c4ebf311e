/** How environments are told apart wherever they are named: a colour of their own, their order, and which of them people live in. */

export interface Placed {
  readonly key: string;
  readonly createdAt: string;
  readonly archivedAt: string | null;
}

/** Degrees on the colour wheel; neither the green of what is on nor the red of danger is among them. */
const HUES = [250, 200, 300, 225, 275, 185, 325, 95] as const;
const PRODUCTION_HUE = 55;
const PRODUCTION = /(?:^|[._-])(?:prod|production|live|prd)(?:$|[._-])/i;

/** Whether a mistake there is likely to reach customers, as far as its key says. */
export function isProductionLike(key: string): boolean {
  return PRODUCTION.test(key) && !/(?:^|[._-])(?:non|pre|not)[._-]?/i.test(key);
}

/** Always the same for the same key; production-like ones share one that no other has. */
export function environmentHue(key: string): number {
  if (isProductionLike(key)) return PRODUCTION_HUE;
  let hash = 0;
  for (const letter of key) hash = (Math.imul(hash, 31) + (letter.codePointAt(0) ?? 0)) >>> 0;
  return HUES[hash % HUES.length] ?? HUES[0];
}

/** Those in use, in the order they were made, production-like ones last: the way a change travels. */
export function inOrder<Environment extends Placed>(environments: readonly Environment[]): readonly Environment[] {
  const rank = ({ key }: Placed): number => (isProductionLike(key) ? 1 : 0);
  return environments
    .filter(({ archivedAt }) => archivedAt === null)
    .map((environment, at) => ({ environment, at }))
    .sort(
      ({ environment: one, at }, { environment: other, at: place }) =>
        rank(one) - rank(other) || Date.parse(one.createdAt) - Date.parse(other.createdAt) || at - place,
    )
    .map(({ environment }) => environment);
}
