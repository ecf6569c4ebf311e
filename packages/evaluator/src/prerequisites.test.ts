import { describe, expect, it } from 'vitest';
import type { Ruleset } from './rulesets/content.ts';
import { evaluate } from './evaluate.ts';
import { LIMITS } from './limits.ts';
import type { EntityChange, EvaluationContext, FlagConfiguration, Prerequisite } from './model.ts';
import { patch, prepare } from './rulesets/ruleset.ts';

const ADA = { targetingKey: 'ada' };

function flag(
  key: string,
  prerequisites: readonly Prerequisite[],
  more: Partial<FlagConfiguration> = {},
): EntityChange {
  const document: FlagConfiguration = {
    key,
    type: 'string',
    enabled: true,
    variants: { on: 'ON', off: 'OFF' },
    offVariant: 'off',
    ...(prerequisites.length > 0 ? { prerequisites } : {}),
    default: { variant: 'on' },
    ...more,
  };
  return { kind: 'flag', key, json: JSON.stringify(document) };
}

const needs = (flagKey: string, ...variants: readonly string[]): Prerequisite => ({ flag: flagKey, variants });

function build(...entities: readonly EntityChange[]): Ruleset {
  const checked = prepare(entities);
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return checked.value;
}

const answer = (ruleset: Ruleset, key: string, context: EvaluationContext = ADA) => {
  const { variant, reason } = evaluate(ruleset, key, context);
  return `${variant} ${reason}`;
};

describe('a prerequisite', () => {
  it('holds when the other flag serves one of its variants, for whatever reason', () => {
    const off = flag('off', [], { enabled: false });
    const ruleset = build(
      off,
      flag('on', []),
      flag('a', [needs('on', 'on')]),
      flag('b', [needs('on', 'off')]),
      flag('c', [needs('off', 'off', 'on')]),
    );
    expect(answer(ruleset, 'a')).toBe('on DEFAULT');
    expect(answer(ruleset, 'b')).toBe('off PREREQUISITE_FAILED');
    expect(answer(ruleset, 'c')).toBe('on DEFAULT');
  });

  it('is evaluated for the same context', () => {
    const targets = [{ variant: 'off', keys: ['bob'] }];
    const ruleset = build(flag('base', [], { targets }), flag('a', [needs('base', 'on')]));
    expect(answer(ruleset, 'a')).toBe('on DEFAULT');
    expect(answer(ruleset, 'a', { targetingKey: 'bob' })).toBe('off PREREQUISITE_FAILED');
  });

  it('fails when the other flag does not exist, has no variant to serve or cannot be bucketed', () => {
    const rollout = { variants: [{ variant: 'on', weight: 1 }], bucketing: { algorithm: 'murmur3/1' } } as const;
    const { offVariant: _, ...silent } = JSON.parse(
      flag('silent', [], { enabled: false }).json ?? '',
    ) as FlagConfiguration;
    const ruleset = build(
      { kind: 'flag', key: 'silent', json: JSON.stringify(silent) },
      flag('split', [], { default: { rollout } }),
      flag('a', [needs('nowhere', 'on')]),
      flag('b', [needs('silent', 'on', 'off')]),
      flag('c', [needs('split', 'on')]),
    );
    expect(answer(ruleset, 'a')).toBe('off PREREQUISITE_FAILED');
    expect(answer(ruleset, 'b')).toBe('off PREREQUISITE_FAILED');
    expect(answer(ruleset, 'c', {})).toBe('off PREREQUISITE_FAILED');
    expect(answer(ruleset, 'c')).toBe('on DEFAULT');
  });

  it('is looked at before individual targets, and not when the flag is off', () => {
    const targets = [{ variant: 'on', keys: ['ada'] }];
    const failing = [needs('nowhere', 'on')];
    const ruleset = build(flag('a', failing, { targets }), flag('b', failing, { enabled: false }));
    expect(answer(ruleset, 'a')).toBe('off PREREQUISITE_FAILED');
    expect(answer(ruleset, 'b')).toBe('off DISABLED');
  });

  it('that fails leaves a flag without off variant without a value', () => {
    const document = JSON.parse(flag('a', [needs('nowhere', 'on')]).json ?? '') as FlagConfiguration;
    const { offVariant: _, ...without } = document;
    const ruleset = build({ kind: 'flag', key: 'a', json: JSON.stringify(without) });
    expect(evaluate(ruleset, 'a', ADA)).toEqual({ reason: 'PREREQUISITE_FAILED' });
  });

  it('never makes a flag static, because another flag decides', () => {
    expect(answer(build(flag('on', []), flag('a', [needs('on', 'on')])), 'a')).toBe('on DEFAULT');
  });
});

describe('prerequisites that lead back', () => {
  it('fail, wherever the evaluation begins', () => {
    const ruleset = build(
      flag('a', [needs('b', 'on', 'off')]),
      flag('b', [needs('a', 'on', 'off')]),
      flag('outside', [needs('a', 'off')]),
    );
    for (const key of ['a', 'b']) expect(answer(ruleset, key)).toBe('off PREREQUISITE_FAILED');
    expect(answer(ruleset, 'outside')).toBe('on DEFAULT');
  });

  it('hold again when a patch opens the circle, and the old ruleset stays as it was', () => {
    const old = build(flag('a', [needs('b', 'on')]), flag('b', [needs('a', 'on')]));
    const opened = patch(old, [flag('b', [])]);
    expect(opened.ok && answer(opened.value, 'a')).toBe('on DEFAULT');
    expect(answer(old, 'a')).toBe('off PREREQUISITE_FAILED');
  });
});

describe('a chain of prerequisites', () => {
  const chain = (length: number): EntityChange[] =>
    Array.from({ length }, (_, index) => flag(`f${index}`, index === length - 1 ? [] : [needs(`f${index + 1}`, 'on')]));

  it('may be as long as the limit, and not longer', () => {
    expect(answer(build(...chain(LIMITS.prerequisiteDepth)), 'f0')).toBe('on DEFAULT');
    const longer = build(...chain(LIMITS.prerequisiteDepth + 1));
    expect(answer(longer, 'f0')).toBe('off PREREQUISITE_FAILED');
    expect(answer(longer, 'f1')).toBe('on DEFAULT');
  });

  it('that meets every flag by many ways evaluates each once', () => {
    // 15 layers of 8 flags, each needing all of the next: 8^14 ways, more than could ever be walked.
    const layers = LIMITS.prerequisiteDepth - 1;
    const flags = Array.from({ length: layers * 8 }, (_, index) => {
      const layer = Math.floor(index / 8);
      const below = layer + 1 === layers ? [] : Array.from({ length: 8 }, (__, i) => needs(`f${layer + 1}-${i}`, 'on'));
      return flag(`f${layer}-${index % 8}`, below);
    });
    expect(answer(build(...flags), 'f0-0')).toBe('on DEFAULT');
  });
});
