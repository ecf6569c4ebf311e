// @ts-check
/** The time of what does not answer rightly compares nothing. */
import { handWritten } from './hand-written.mjs';
import { KINDS, OTHER, users, WANTED } from './work.mjs';

/** How many percent of the users a half may hold: thousands of answers, and vendors' buckets are not ours. */
const HALF = { from: 45, to: 55 };

/**
 * Throws unless the subject serves these flags rightly. Rollouts go by each vendor's own buckets: both variants have to
 * occur, each to about a half; where the buckets are the product's, everybody has to be where the product has them.
 *
 * @param {string} name
 * @param {import('./subject.mjs').Subject} subject
 * @param {readonly import('./work.mjs').Flag[]} flags
 * @param {number} [usersChecked]
 */
export async function requireRightAnswers(name, subject, flags, usersChecked = 16) {
  const right = handWritten(flags);
  for (const kind of KINDS) {
    let wanted = 0;
    let answers = 0;
    for (const flag of flags.filter(({ type, work }) => type === kind.type && work === kind.work))
      for (const user of users.slice(0, usersChecked)) {
        const value = subject.valueOf(await subject[flag.type](flag.key, subject.contextOf(user)));
        const expected = right.get(flag.key)?.(user).value;
        const isFree = flag.work === 'rollout' && subject.sameBuckets !== true;
        const known = value === WANTED[flag.type] || value === OTHER[flag.type];
        if (isFree ? !known : value !== expected)
          throw new Error(
            `${name}: ${flag.key} for ${user.targetingKey} is ${String(value)}, not ${String(expected)}.`,
          );
        answers++;
        if (value === WANTED[flag.type]) wanted++;
      }
    const percent = (wanted / answers) * 100;
    if (kind.work === 'rollout' && answers > 2_000 && (percent < HALF.from || percent > HALF.to))
      throw new Error(`${name}: ${percent.toFixed(1)} % of the users are in the first half.`);
  }
}
