import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  arbitraryContext,
  arbitraryMoment,
  arbitraryRuleset,
  entitiesOf,
  FLAG_KEYS,
} from '../test-support/arbitraries.ts';
import { CASES, CASES_TIMEOUT_MS, casesOf } from '../test-support/cases.ts';
import { JAVASCRIPT_REGEX } from '../test-support/javascript-regex.ts';
import type { Ruleset } from './rulesets/content.ts';
import { evaluate } from './evaluate.ts';
import { explain } from './explanations/explain.ts';
import type { Checked, EntityChange, Evaluation, EvaluationContext, Moment } from './model.ts';
import { emptyRuleset, flagKeys, patch, patchTrusted, prepare } from './rulesets/ruleset.ts';

const WITH_REGEX = { regex: JAVASCRIPT_REGEX };
const ASKED = [...FLAG_KEYS, 'unknown'];
const CONTEXTS = 8;
const EACH = CONTEXTS * ASKED.length;
const LONG = { timeout: CASES_TIMEOUT_MS };

const contexts = fc.array(arbitraryContext, { minLength: CONTEXTS, maxLength: CONTEXTS });
const entities = arbitraryRuleset.map(entitiesOf);

function must(checked: Checked<Ruleset>): Ruleset {
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return checked.value;
}

function answers(ruleset: Ruleset, subjects: readonly unknown[], moment?: Moment): Evaluation[] {
  return subjects.flatMap((subject) =>
    ASKED.map((key) => evaluate(ruleset, key, subject as EvaluationContext, moment)),
  );
}

describe('an evaluation', () => {
  it(`never throws, is frozen and comes out the same again, for any context (${CASES} cases)`, LONG, () => {
    const anything = fc.oneof(fc.jsonValue(), fc.anything({ withNullPrototype: true, withSparseArray: true }));
    const property = fc.property(
      entities,
      fc.array(anything, { minLength: CONTEXTS, maxLength: CONTEXTS }),
      arbitraryMoment,
      (changes, subjects, moment) => {
        const ruleset = must(prepare(changes, WITH_REGEX));
        const first = answers(ruleset, subjects, moment);
        const again = answers(ruleset, subjects, moment);
        expect(again.every((answer, index) => answer === first[index] && Object.isFrozen(answer))).toBe(true);
      },
    );
    fc.assert(property, casesOf(EACH));
  });

  it(`is what its explanation says (${CASES} cases)`, LONG, () => {
    const property = fc.property(entities, contexts, arbitraryMoment, (changes, subjects, moment) => {
      const ruleset = must(prepare(changes, WITH_REGEX));
      for (const subject of subjects) {
        for (const key of ASKED) {
          const { evaluation, steps } = explain(ruleset, key, subject, moment);
          expect(evaluation).toBe(evaluate(ruleset, key, subject, moment));
          expect(() => JSON.stringify(steps)).not.toThrow();
        }
      }
    });
    fc.assert(property, casesOf(EACH));
  });

  it('without an engine is an error where a regular expression is asked for, and else the same', () => {
    let errors = 0;
    const property = fc.property(entities, contexts, arbitraryMoment, (changes, subjects, moment) => {
      const whole = answers(must(prepare(changes, WITH_REGEX)), subjects, moment);
      const without = answers(must(prepare(changes)), subjects, moment);
      for (const [index, answer] of without.entries()) {
        if (answer.errorCode === 'GENERAL') errors++;
        else expect(answer).toStrictEqual(whole[index]);
      }
    });
    fc.assert(property, { numRuns: 300 });
    expect(errors).toBeGreaterThan(0);
  });
});

/** The changes with one value replaced, in one of their documents. */
function damaged(changes: readonly EntityChange[], at: number, place: number, value: unknown): readonly EntityChange[] {
  const index = at % changes.length;
  return changes.map((change, i) =>
    i === index ? { ...change, json: damage(change.json ?? '', place, value) } : change,
  );
}

function damage(json: string, place: number, value: unknown): string {
  let count = 0;
  JSON.parse(json, (_, member: unknown) => (count++, member));
  let index = 0;
  return JSON.stringify(JSON.parse(json, (_, member: unknown) => (index++ === place % count ? value : member)));
}

describe('a document that is damaged anywhere', () => {
  const property = (prepareAny: (changes: readonly EntityChange[]) => Checked<Ruleset>, seen: Set<string>) =>
    fc.property(
      entities,
      fc.nat(),
      fc.nat(),
      fc.jsonValue({ maxDepth: 2 }),
      contexts,
      (changes, at, place, value, subjects) => {
        const checked = prepareAny(damaged(changes, at, place, value));
        if (!checked.ok) expect(checked.problems.length).toBeGreaterThan(0);
        else for (const { errorCode } of answers(checked.value, subjects)) seen.add(errorCode ?? 'answer');
        seen.add(checked.ok ? 'prepared' : 'refused');
      },
    );

  it(`is refused, or prepares and never makes an evaluation fail (${CASES} cases)`, LONG, () => {
    const seen = new Set<string>();
    fc.assert(
      property((changes) => prepare(changes, WITH_REGEX), seen),
      casesOf(EACH),
    );
    expect([...seen].sort()).toEqual(['FLAG_NOT_FOUND', 'TARGETING_KEY_MISSING', 'answer', 'prepared', 'refused']);
  });

  it('and was trusted never throws: what cannot be prepared is PARSE_ERROR', () => {
    const seen = new Set<string>();
    fc.assert(
      property((changes) => patchTrusted(emptyRuleset(WITH_REGEX), changes), seen),
      { numRuns: 1_000 },
    );
    expect(seen).toContain('PARSE_ERROR');
    expect(seen).not.toContain('INVALID_CONTEXT');
  });
});

describe('a patch', () => {
  // So many that a patch changes a part of the ruleset instead of building it anew.
  const others = Array.from({ length: 24 }, (_, index): EntityChange[] => {
    const key = `other-${index}`;
    const document = { key, type: 'boolean', enabled: true, variants: { a: true }, default: { variant: 'a' } };
    return [
      { kind: 'flag', key, json: JSON.stringify(document) },
      { kind: 'segment', key, json: JSON.stringify({ key }) },
    ];
  }).flat();

  /** Some of the entities of one ruleset over those of another; chunks come along whole. */
  const part = fc.tuple(entities, fc.array(fc.boolean(), { minLength: 40, maxLength: 40 })).map(([changes, chosen]) =>
    changes.flatMap((change, index): EntityChange[] => {
      if (change.kind === 'chunk' || chosen[index]) return [change];
      return index % 5 === 0 && change.kind === 'flag' ? [{ ...change, json: null }] : [];
    }),
  );

  it(`answers as if everything had been prepared at once, and leaves the old as it was (${CASES} cases)`, LONG, () => {
    const property = fc.property(
      entities,
      fc.array(part, { minLength: 1, maxLength: 3 }),
      contexts,
      (first, parts, subjects) => {
        const steps = [others, first];
        let ruleset = must(prepare([...others, ...first], WITH_REGEX));
        const history: [Ruleset, readonly Evaluation[]][] = [[ruleset, answers(ruleset, subjects)]];
        for (const step of parts) {
          steps.push(step);
          ruleset = must(patch(ruleset, step));
          const whole = must(prepare(steps.flat(), WITH_REGEX));
          expect(answers(ruleset, subjects)).toStrictEqual(answers(whole, subjects));
          expect(flagKeys(ruleset)).toStrictEqual(flagKeys(whole));
          history.push([ruleset, answers(ruleset, subjects)]);
        }
        for (const [old, before] of history) {
          expect(answers(old, subjects).every((answer, index) => answer === before[index])).toBe(true);
        }
      },
    );
    fc.assert(property, casesOf(EACH * 2));
  });

  it('that is trusted comes to the same as one that is checked', () => {
    const property = fc.property(entities, contexts, (changes, subjects) => {
      const trusted = must(patchTrusted(emptyRuleset(WITH_REGEX), changes));
      expect(answers(trusted, subjects)).toStrictEqual(answers(must(prepare(changes, WITH_REGEX)), subjects));
    });
    fc.assert(property, { numRuns: 200 });
  });
});
