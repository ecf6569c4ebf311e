// @ts-check
/** A project as a large company has it: thousands of flags in many environments, some on, some with rules, some rolled out. */
import { createFlag } from '../environment/flags.mjs';
import { progress } from '../measure/progress.mjs';

const EDITS_AT_ONCE = 500;
/** A change of many flags in one environment, for the last environments: of the others the flags are off, as they begin. */
const EDITED_ENVIRONMENTS = 4;
const OWNERS = ['payments', 'growth', 'search', 'platform', 'mobile'];
const WORDS = ['checkout', 'banner', 'discount', 'login', 'basket', 'recommendations', 'newsletter', 'shipping'];

/**
 * @param {import('../product/management.mjs').Management} management
 * @param {{ flags: number; environments: number }} size
 */
export async function makeContent(management, { flags, environments }) {
  await management.post('/projects', { key: 'bench', environments: [] });
  progress(`making ${flags} flags`);
  await makeFlags(management, flags);
  progress(`making ${environments} environments with all of them`);
  for (let i = 0; i < environments; i++)
    await management.post('/projects/bench/environments', { key: environmentAt(i), name: `Environment ${i}` });
  for (let i = 0; i < Math.min(EDITED_ENVIRONMENTS, environments); i++)
    for (let first = 0; first < flags; first += EDITS_AT_ONCE) {
      const edits = Array.from({ length: Math.min(EDITS_AT_ONCE, flags - first) }, (_, at) =>
        editOf(first + at, environmentAt(i)),
      );
      await management.post('/projects/bench/changes', { edits });
    }
  for (let i = 0; i < 200; i++)
    await management.post(`/projects/bench/environments/${environmentAt(0)}/segments`, {
      key: `audience-${i}`,
      included: Array.from({ length: 20 }, (_, at) => `user-${i}-${at}`),
    });
}

/**
 * @param {import('../product/management.mjs').Management} management
 * @param {number} flags
 */
export async function makeFlags(management, flags) {
  for (let i = 0; i < flags; i++) await management.post('/projects/bench/flags', describedFlag(i));
}

/** @param {number} number */
export function keyAt(number) {
  return `${WORDS[number % WORDS.length]}-${number}`;
}

/** @param {number} number */
export function environmentAt(number) {
  return number === 0 ? 'production' : `stage-${number}`;
}

/** @param {number} number */
function describedFlag(number) {
  const word = WORDS[number % WORDS.length] ?? '';
  return {
    key: keyAt(number),
    type: 'boolean',
    name: `The new ${word}, number ${number}`,
    description: `Shows the ${word} as the team of ${OWNERS[number % OWNERS.length]} has made it anew. `.repeat(2),
    owner: OWNERS[number % OWNERS.length],
    tags: [word, `team-${number % 40}`, number % 2 === 0 ? 'web' : 'mobile'],
  };
}

/**
 * @param {number} number
 * @param {string} environment
 */
function editOf(number, environment) {
  const { rules = [], default: otherwise } = createFlag(number);
  // A flag that nobody has edited there was last changed by the first revision of its environment.
  return {
    environment,
    flag: keyAt(number),
    ifMatch: 1,
    set: { enabled: number % 3 !== 0, rules, default: otherwise },
  };
}
