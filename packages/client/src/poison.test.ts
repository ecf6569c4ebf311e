import { evaluate } from '@flaghoist/evaluator';
import { healthy, POISON, poisonedBlock, QUESTIONS, shortestPause } from '@flaghoist/testkit/poison';
import { sha256 } from '@flaghoist/testkit/published-environment';
import { describe, expect, it } from 'vitest';
import { createRegexEngine } from './regex-engine.ts';
import { VerifiedRuleset } from './verified-ruleset.ts';

const PAUSE_MS = 50;

function holding(): VerifiedRuleset {
  const copy = new VerifiedRuleset({ sha256, access: 'verified', regex: createRegexEngine() });
  copy.applyFull(healthy().full(true));
  return copy;
}

function look(copy: VerifiedRuleset) {
  const { headText, headHash, ruleset, size } = copy;
  const answers = QUESTIONS.map(({ key, context }) => evaluate(ruleset, key, context));
  return { headText, headHash, ruleset, size, answers, entities: [...copy.entities()] };
}

describe('row 26: a verified ruleset that is sent poison', () => {
  it('meets at least 200 kinds, each with a name of its own', () => {
    expect(new Set(POISON.map(({ name }) => name)).size).toBe(POISON.length);
    expect(POISON.length).toBeGreaterThanOrEqual(200);
  });

  it.each(POISON.filter(({ readers }) => readers === 'refuse'))(
    'refuses "$name" with a reason, at once, and answers as before',
    (poison) => {
      const environment = healthy();
      const block = poisonedBlock(poison, environment);
      const full = { ...block, entities: environment.full(true).entities };
      const pause = shortestPause(PAUSE_MS, holding, (copy) => {
        expect(copy.applyPatch(block).ok).toBe(false);
      });
      expect(pause).toBeLessThan(PAUSE_MS);
      const copy = holding();
      const before = look(copy);
      expect(copy.applyPatch(block)).toMatchObject({ ok: false, message: expect.stringMatching(/\w/) });
      if (poison.spoil === undefined) expect(copy.applyFull(full)).toMatchObject({ ok: false });
      expect(look(copy)).toEqual(before);
    },
  );

  it.each(POISON.filter(({ readers }) => readers === 'bear'))('bears "$name" and goes on answering', (poison) => {
    const environment = healthy();
    const copy = holding();
    const result = copy.applyPatch(poisonedBlock(poison, environment));
    if (!result.ok) return;
    for (const { key } of copy.entities()) {
      const answer = evaluate(copy.ruleset, key, { targetingKey: 'ann' });
      expect(answer.errorCode ?? 'FLAG_NOT_FOUND').toBe('FLAG_NOT_FOUND');
    }
  });
});
