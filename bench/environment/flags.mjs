// @ts-check
/** Flags as teams have them: a third is simply on, a third has three rules, a third splits its users in two. */

/**
 * @typedef {'static' | 'rules' | 'split'} FlagKind
 * @typedef {import('@flaghoist/evaluator').FlagConfiguration} FlagConfiguration
 */

/** @type {readonly FlagKind[]} */
const FLAG_KINDS = ['static', 'rules', 'split'];

/** @param {number} number */
export function kindOf(number) {
  return FLAG_KINDS[number % FLAG_KINDS.length] ?? 'static';
}

/** @param {number} number */
export function keyOf(number) {
  return `team-${number % 40}.flag-${number}`;
}

/** The ten countries whose people the third rule of a flag lets in. */
export const COUNTRIES = ['AT', 'BE', 'CH', 'DE', 'DK', 'ES', 'FR', 'IT', 'NL', 'SE'];

/** @param {number} number */
export function domainOf(number) {
  return `@team-${number}.example`;
}

/** Older than anybody is. @param {number} number */
export function ageOf(number) {
  return 120 + (number % 10);
}

/**
 * @param {number} number
 * @param {string} [description] Any text: another one makes the flag another entity.
 * @returns {FlagConfiguration}
 */
export function createFlag(number, description = 'Everybody in our ten countries.') {
  const kind = kindOf(number);
  const key = keyOf(number);
  const base = { key, type: /** @type {const} */ ('boolean'), enabled: true, variants: { on: true, off: false } };
  const off = { ...base, offVariant: 'off' };
  if (kind === 'static') return { ...off, default: { variant: 'on' } };
  if (kind === 'split') return { ...off, default: halfAndHalf() };
  const serve = { variant: 'on' };
  return {
    ...off,
    rules: [
      { id: 'staff', conditions: [{ attribute: 'email', operator: 'endsWith', values: [domainOf(number)] }], serve },
      { id: 'elders', conditions: [{ attribute: 'age', operator: 'greaterThan', values: [ageOf(number)] }], serve },
      {
        id: 'countries',
        description,
        conditions: [{ attribute: 'country', operator: 'in', values: COUNTRIES }],
        serve,
      },
    ],
    default: { variant: 'off' },
  };
}

/** @returns {import('@flaghoist/evaluator').Serve} */
function halfAndHalf() {
  const variants = [
    { variant: 'on', weight: 50 },
    { variant: 'off', weight: 50 },
  ];
  return { rollout: { variants, bucketing: { algorithm: 'murmur3/1' } } };
}
