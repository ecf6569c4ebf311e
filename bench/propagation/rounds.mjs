// @ts-check
/**
 * @typedef {object} Moments All `performance.now()` of this process.
 * @property {number} sentAt
 * @property {number} answeredAt The writer has its 2xx: the change is committed and synced.
 * @property {number} atDoorAt It has left the edge.
 * @property {number} seenAt
 *
 * @typedef {object} Subject
 * @property {(number: number) => Promise<Moments>} change Resolves once the change was answered and seen.
 * @property {() => Promise<void>} stop
 */

/**
 * Changes one after another, in turns: what disturbs the machine for a while disturbs every subject alike.
 *
 * @param {readonly Subject[]} subjects
 * @param {{ warmup: number; rounds: number; turn: number }} counts Of each subject.
 * @returns {Promise<Map<Subject, Moments[]>>}
 */
export async function measureRounds(subjects, { warmup, rounds, turn }) {
  /** @type {Map<Subject, Moments[]>} */
  const measured = new Map();
  for (const subject of subjects) {
    measured.set(subject, []);
    for (let number = 0; number < warmup; number++) await subject.change(number);
  }
  const end = warmup + rounds;
  for (let from = warmup; from < end; from += turn) {
    for (const [subject, moments] of measured) {
      for (let number = from; number < Math.min(from + turn, end); number++) moments.push(await subject.change(number));
    }
  }
  return measured;
}
