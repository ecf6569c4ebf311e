import { createRegexEngine } from '@flaghoist/client/regex';
import { evaluate } from '@flaghoist/evaluator';
import { type Block, formatBlock } from '@flaghoist/protocol/ruleset';
import { healthy, POISON, poisonedBlock, QUESTIONS, shortestPause } from '@flaghoist/testkit/poison';
import { sha256 } from '@flaghoist/testkit/published-environment';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../limits.ts';
import { Environment } from './environment.ts';

const PAUSE_MS = 50;
/** On the wire a head is nothing but its text. */
const SOUND_ON_THE_WIRE = 'block: a head that its text does not say';
const POISONED = POISON.filter(({ name }) => name !== SOUND_ON_THE_WIRE);

function messageOf({ head, headText, entities }: Block, checkpoint = false) {
  const body = Buffer.from(formatBlock(headText, entities));
  const { environment: stream, revision: position } = head;
  return { stream, position, id: `env_1.1.${position}`, checkpoint, body };
}

function serving(): Environment {
  const regex = createRegexEngine();
  const options = { id: 'env_1', sha256, regex, limits: DEFAULT_LIMITS, onChanged: () => undefined };
  const environment = new Environment(options);
  expect(environment.take(messageOf(healthy().full(true), true))).toBeNull();
  return environment;
}

function look(environment: Environment) {
  const { current } = environment;
  if (current === null) throw new Error('nothing is served');
  const answers = QUESTIONS.map(({ key, context }) => evaluate(current.ruleset, key, context));
  return { token: current.token, headHash: current.headHash, answers, event: environment.headEvent() };
}

describe('row 26: an edge that reads poison from the bus', () => {
  it.each(POISONED.filter(({ readers }) => readers === 'refuse'))(
    'does not serve "$name", says why, and serves what it had',
    async (poison) => {
      const message = messageOf(poisonedBlock(poison, healthy()));
      const pause = shortestPause(PAUSE_MS, serving, (environment) => {
        environment.take(message);
      });
      expect(pause).toBeLessThan(PAUSE_MS);
      const environment = serving();
      const before = look(environment);
      const snapshot = await environment.readSnapshot();
      const refused = environment.take(message);
      // What repeats the revision that is served already is nothing new, and no reason to complain.
      if (refused === null) expect(poison.name).toMatch(/^head: (the epoch 0|the revision it follows)$/);
      else expect(refused).toEqual({ reason: expect.stringMatching(/^\w+$/), message: expect.stringMatching(/\w/) });
      expect(look(environment)).toEqual(before);
      expect((await environment.readSnapshot()).mark).toEqual(snapshot.mark);
      expect(environment.window.next({ epoch: 1, revision: 1 })).toBe('nothing');
      const next = healthy().publish([{ kind: 'flag', key: 'flag-8', json: null }]);
      expect(environment.take(messageOf(next))).toBeNull();
    },
  );

  it.each(POISON.filter(({ readers }) => readers === 'bear'))('goes on answering with "$name"', (poison) => {
    const environment = serving();
    environment.take(messageOf(poisonedBlock(poison, healthy())));
    for (const { reason, errorCode } of look(environment).answers)
      expect(errorCode ?? reason).not.toMatch(/INVALID|PARSE|GENERAL/);
  });
});
