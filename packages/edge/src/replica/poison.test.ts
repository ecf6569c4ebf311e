import { evaluate } from '@flaghoist/evaluator';
import { healthy, POISON, poisonedBlock, QUESTIONS, shortestPause } from '@flaghoist/testkit/poison';
import { describe, expect, it } from 'vitest';
import { HandFed } from '../../test-support/hand-fed.ts';

const PAUSE_MS = 50;
const ATTEMPTS = 5;
/** On the wire a head is nothing but its text. */
const SOUND_ON_THE_WIRE = 'block: a head that its text does not say';
const POISONED = POISON.filter(({ name }) => name !== SOUND_ON_THE_WIRE);

function serving(): Promise<HandFed> {
  return HandFed.serving(healthy().full(true));
}

function look({ followed: { environment } }: HandFed) {
  const { current } = environment;
  if (current === null) throw new Error('nothing is served');
  const answers = QUESTIONS.map(({ key, context }) => evaluate(current.ruleset, key, context));
  return { token: current.token, headHash: current.headHash, answers, event: environment.headEvent() };
}

describe('row 26: an edge that reads poison from the bus', () => {
  it.each(POISONED.filter(({ readers }) => readers === 'refuse'))(
    'does not serve "$name", says why, and serves what it had',
    async (poison) => {
      const block = poisonedBlock(poison, healthy());
      const made = await Promise.all(Array.from({ length: ATTEMPTS }, serving));
      const pause = shortestPause(
        PAUSE_MS,
        () => made.pop(),
        (fed) => fed?.patch(block),
        ATTEMPTS,
      );
      expect(pause).toBeLessThan(PAUSE_MS);
      const fed = await serving();
      const { environment } = fed.followed;
      const before = look(fed);
      const snapshot = await environment.readSnapshot();
      const refused = fed.patch(block);
      // What repeats the revision that is served already is nothing new, and no reason to complain; nor is another epoch,
      // into which no patch leads: a snapshot is fetched.
      if (refused === null) expect(poison.name).toMatch(/^head: (another epoch|the revision it follows)$/);
      else expect(refused).toEqual({ reason: expect.stringMatching(/^\w+$/), message: expect.stringMatching(/\w/) });
      expect(look(fed)).toEqual(before);
      expect((await environment.readSnapshot()).mark).toEqual(snapshot.mark);
      expect(environment.window.next({ epoch: 1, revision: 1 })).toBe('nothing');
      const next = healthy().publish([{ kind: 'flag', key: 'flag-8', json: null }]);
      fed.settle();
      expect(fed.patch(next)).toBeNull();
      expect(environment.current?.token).toBe('1.2');
    },
  );

  it.each(POISON.filter(({ readers }) => readers === 'bear'))('goes on answering with "$name"', async (poison) => {
    const fed = await serving();
    fed.patch(poisonedBlock(poison, healthy()));
    for (const { reason, errorCode } of look(fed).answers)
      expect(errorCode ?? reason).not.toMatch(/INVALID|PARSE|GENERAL/);
  });
});
