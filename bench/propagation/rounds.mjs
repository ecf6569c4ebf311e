// @ts-check
/**
 * @typedef {object} Moments All `performance.now()` of this process.
 * @property {number} sentAt
 * @property {number} answeredAt The writer has its 2xx: the change is committed and synced.
 * @property {number} seenAt
 *
 * @typedef {object} Subject
 * @property {string} name
 * @property {(number: number) => Promise<Moments>} change Resolves once the change was answered and seen.
 * @property {() => Promise<void>} stop
 */

/**
 * Changes one after another, in turns: what disturbs the machine for a while disturbs every subject alike.
 *
 * @template {string} Name
 * @param {Readonly<Record<Name, Subject>>} subjects
 * @param {{ warmup: number; rounds: number; turn: number }} counts Of each subject.
 * @returns {Promise<Record<Name, Moments[]>>}
 */
export async function measureRounds(subjects, { warmup, rounds, turn }) {
  const names = /** @type {Name[]} */ (Object.keys(subjects));
  const measured = /** @type {Record<Name, Moments[]>} */ (Object.fromEntries(names.map((name) => [name, []])));
  for (const name of names) for (let i = 0; i < warmup; i++) await subjects[name].change(i);
  for (let from = warmup; from < warmup + rounds; from += turn) {
    for (const name of names) {
      const to = Math.min(from + turn, warmup + rounds);
      for (let number = from; number < to; number++) measured[name].push(await subjects[name].change(number));
    }
  }
  return measured;
}
