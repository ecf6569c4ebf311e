// @ts-check
/** The work that every evaluator gets: the same flags, the same users, the same right answers. */

/**
 * @typedef {'boolean' | 'string'} Type
 * @typedef {'static' | 'rules' | 'rollout'} Work `static`: no rules. `rules`: three, by an email's end, a version and a list
 *   of countries, of which the third matches. `rollout`: half and half, by the user's id.
 * @typedef {{ type: Type; work: Work }} Kind
 *
 * @typedef {object} Flag
 * @property {string} key
 * @property {Type} type
 * @property {Work} work
 * @property {string} domain How no user's email ends.
 * @property {string} version Newer than anybody's.
 */

/** @type {readonly Type[]} */
const TYPES = ['boolean', 'string'];
/** @type {readonly Work[]} */
export const WORKS = ['static', 'rules', 'rollout'];
/** @type {readonly Kind[]} */
export const KINDS = TYPES.flatMap((type) => WORKS.map((work) => ({ type, work })));

/** What static flags and matching rules serve, and half of the users of a rollout. */
export const WANTED = { boolean: true, string: 'blue' };
export const OTHER = { boolean: false, string: 'green' };
/** The names of those two variants. */
export const NAMES = {
  boolean: { wanted: 'on', other: 'off' },
  string: { wanted: 'blue', other: 'green' },
};

/** The ten countries whose people the third rule of a flag lets in. */
export const COUNTRIES = ['AT', 'BE', 'CH', 'DE', 'DK', 'ES', 'FR', 'IT', 'NL', 'SE'];

export const USERS = 1_024;

/**
 * @param {number} count
 * @returns {Flag[]}
 */
export function createFlags(count) {
  return Array.from({ length: count }, (_, number) => {
    const { type, work } = KINDS[number % KINDS.length] ?? { type: 'boolean', work: 'static' };
    return {
      key: `team-${number % 40}.flag-${number}`,
      type,
      work,
      domain: `@team-${number}.example`,
      version: `${4 + (number % 5)}.${number % 10}.0`,
    };
  });
}

/**
 * @param {readonly Flag[]} flags
 * @param {Kind} kind
 */
export function keysOf(flags, { type, work }) {
  return flags.filter((flag) => flag.type === type && flag.work === work).map(({ key }) => key);
}

/** @typedef {ReturnType<typeof createUser>} User */

/** A user whom the first two rules of every flag leave out and the third lets in. @param {number} number */
function createUser(number) {
  return {
    targetingKey: `user-${String(number * 7919).padStart(15, '0')}`,
    email: `user.${number}@mail.example`,
    appVersion: `${1 + (number % 3)}.${number % 12}.${number % 7}`,
    country: COUNTRIES[number % COUNTRIES.length] ?? 'AT',
    plan: number % 3 === 0 ? 'pro' : 'free',
  };
}

export const users = Array.from({ length: USERS }, (_, number) => createUser(number));

/**
 * A flag as the product has it.
 *
 * @param {Flag} flag
 * @returns {import('@flaghoist/evaluator').FlagConfiguration}
 */
export function toConfiguration({ key, type, work, domain, version }) {
  const { wanted, other } = NAMES[type];
  const base = {
    key,
    type,
    enabled: true,
    variants: { [wanted]: WANTED[type], [other]: OTHER[type] },
    offVariant: other,
  };
  if (work === 'static') return { ...base, default: { variant: wanted } };
  if (work === 'rollout') {
    const variants = [
      { variant: wanted, weight: 50 },
      { variant: other, weight: 50 },
    ];
    return { ...base, default: { rollout: { variants, bucketing: { algorithm: 'murmur3/1' } } } };
  }
  const serve = { variant: wanted };
  return {
    ...base,
    rules: [
      { id: 'staff', conditions: [{ attribute: 'email', operator: 'endsWith', values: [domain] }], serve },
      {
        id: 'early',
        conditions: [{ attribute: 'appVersion', operator: 'semverGreaterThan', values: [version] }],
        serve,
      },
      { id: 'countries', conditions: [{ attribute: 'country', operator: 'in', values: COUNTRIES }], serve },
    ],
    default: { variant: other },
  };
}
