import { describe, expect, it } from 'vitest';
import type { Ruleset } from './rulesets/content.ts';
import { evaluate } from './evaluate.ts';
import type { Condition, EvaluationContext, FlagConfiguration, Rollout, Rule, Segment } from './model.ts';
import { EMPTY_RULESET, prepare } from './rulesets/ruleset.ts';

const base: FlagConfiguration = {
  key: 'checkout',
  type: 'string',
  enabled: true,
  variants: { a: 'A', b: 'B', off: 'OFF' },
  offVariant: 'off',
  default: { variant: 'a' },
};

const always: readonly Condition[] = [{ attribute: 'absent', operator: 'exists', values: [], negate: true }];
const never: readonly Condition[] = [{ attribute: 'absent', operator: 'exists', values: [] }];

function rule(id: string, conditions: readonly Condition[], serve: Rule['serve'] = { variant: 'b' }): Rule {
  return { id, conditions, serve };
}

function rollout(bucketing: Partial<Rollout['bucketing']> = {}, weights: readonly [number, number] = [1, 1]): Rollout {
  return {
    variants: [
      { variant: 'a', weight: weights[0] },
      { variant: 'b', weight: weights[1] },
    ],
    bucketing: { algorithm: 'murmur3/1', ...bucketing },
  };
}

function rulesetOf(flag: Partial<FlagConfiguration>, ...segments: readonly Segment[]): Ruleset {
  const checked = prepare([
    { kind: 'flag', key: 'checkout', json: JSON.stringify({ ...base, ...flag }) },
    ...segments.map((segment) => ({ kind: 'segment' as const, key: segment.key, json: JSON.stringify(segment) })),
  ]);
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return checked.value;
}

function ask(flag: Partial<FlagConfiguration>, context: unknown = {}) {
  return evaluate(rulesetOf(flag), 'checkout', context as EvaluationContext);
}

describe('the order of an evaluation', () => {
  const full: Partial<FlagConfiguration> = {
    targets: [{ variant: 'b', keys: ['ada'] }],
    rules: [rule('one', [{ attribute: 'plan', operator: 'in', values: ['pro'] }], { variant: 'off' })],
  };

  it.each<[string, Partial<FlagConfiguration>, unknown, object]>([
    [
      'off before everything',
      { ...full, enabled: false },
      { targetingKey: 'ada', plan: 'pro' },
      { value: 'OFF', variant: 'off', reason: 'DISABLED' },
    ],
    [
      'the target before the rules',
      full,
      { targetingKey: 'ada', plan: 'pro' },
      { value: 'B', variant: 'b', reason: 'TARGETING_MATCH' },
    ],
    [
      'the rule before the default',
      full,
      { targetingKey: 'bob', plan: 'pro' },
      { value: 'OFF', variant: 'off', reason: 'TARGETING_MATCH', rule: 'one' },
    ],
    ['the default last', full, { targetingKey: 'bob' }, { value: 'A', variant: 'a', reason: 'DEFAULT' }],
    [
      'the first of two rules that hold',
      { rules: [rule('no', never), rule('x', always), rule('y', always, { variant: 'off' })] },
      {},
      { value: 'B', variant: 'b', reason: 'TARGETING_MATCH', rule: 'x' },
    ],
    [
      'a rule only when all its conditions hold',
      { rules: [rule('x', [...always, ...never])] },
      {},
      { value: 'A', variant: 'a', reason: 'DEFAULT' },
    ],
  ])('is %s', (_, flag, context, expected) => {
    expect(ask(flag, context)).toStrictEqual(expected);
  });
});

describe('reasons', () => {
  it('are STATIC for a flag without targets and rules', () => {
    expect(ask({})).toStrictEqual({ value: 'A', variant: 'a', reason: 'STATIC' });
    expect(ask({ targets: [], rules: [] })).toStrictEqual({ value: 'A', variant: 'a', reason: 'STATIC' });
    expect(ask({ targets: [{ variant: 'b', keys: [] }] }).reason).toBe('STATIC');
  });

  it('are DEFAULT for a flag whose targets or rules did not decide', () => {
    expect(ask({ targets: [{ variant: 'b', keys: ['ada'] }] }).reason).toBe('DEFAULT');
    expect(ask({ rules: [rule('x', never)] }).reason).toBe('DEFAULT');
  });

  it('are DISABLED without value and variant for an off flag without off variant', () => {
    const { offVariant: _, ...flag } = base;
    const checked = prepare([{ kind: 'flag', key: 'checkout', json: JSON.stringify({ ...flag, enabled: false }) }]);
    if (!checked.ok) throw new Error('not prepared');
    expect(evaluate(checked.value, 'checkout', {})).toStrictEqual({ reason: 'DISABLED' });
  });

  it('are SPLIT for rollouts, with the rule’s id in a rule', () => {
    const user = { targetingKey: 'user-1' };
    expect(ask({ default: { rollout: rollout({}, [1, 0]) } }, user)).toStrictEqual({
      value: 'A',
      variant: 'a',
      reason: 'SPLIT',
    });
    expect(ask({ rules: [rule('x', always, { rollout: rollout({}, [0, 1]) })] }, user)).toStrictEqual({
      value: 'B',
      variant: 'b',
      reason: 'SPLIT',
      rule: 'x',
    });
  });
});

describe('a rollout', () => {
  it('serves what flagd’s published vectors say', () => {
    const flag = { default: { rollout: rollout({ salt: 'fractional-flag-shorthand' }, [15, 85]) } };
    expect(ask(flag, { targetingKey: 'jon@company.com' }).variant).toBe('a');
    expect(ask(flag, { targetingKey: 'jane@company.com' }).variant).toBe('b');
    const lower = { default: { rollout: rollout({ salt: 'fractional-flag-shorthand' }, [14, 86]) } };
    expect(ask(lower, { targetingKey: 'jon@company.com' }).variant).toBe('b');
  });

  it('is salted with the flag’s key when it names no salt', () => {
    for (let user = 0; user < 100; user++) {
      const context = { targetingKey: `user-${user}` };
      const plain = ask({ default: { rollout: rollout() } }, context);
      expect(plain).toStrictEqual(ask({ default: { rollout: rollout({ salt: 'checkout' }) } }, context));
    }
  });

  it('buckets by the attribute it names', () => {
    const flag = { default: { rollout: rollout({ attribute: 'company.id', salt: 's' }) } };
    for (let company = 0; company < 50; company++) {
      const id = `company-${company}`;
      const byKey = ask({ default: { rollout: rollout({ salt: 's' }) } }, { targetingKey: id });
      expect(ask(flag, { targetingKey: 'other', company: { id } })).toStrictEqual(byKey);
    }
  });

  it.each<[string, unknown]>([
    ['absent', {}],
    ['a number', { targetingKey: 5 }],
    ['null', { targetingKey: null }],
    ['a list', { targetingKey: ['user-1'] }],
    ['inherited', Object.create({ targetingKey: 'user-1' })],
  ])('without its attribute (%s) does what its contract says', (_, context) => {
    const failed = {
      reason: 'ERROR',
      errorCode: 'TARGETING_KEY_MISSING',
      errorMessage: expect.stringContaining('"targetingKey"'),
    };
    expect(ask({ default: { rollout: rollout() } }, context)).toEqual(failed);
    expect(ask({ default: { rollout: rollout({ missing: 'error' }) } }, context)).toEqual(failed);
    const inRule = { rules: [rule('x', always, { rollout: rollout() })] };
    expect(ask(inRule, context)).toEqual({ ...failed, rule: 'x' });
    const first = { default: { rollout: rollout({ missing: 'firstVariant' }, [0, 1]) } };
    expect(ask(first, context)).toStrictEqual({ value: 'A', variant: 'a', reason: 'SPLIT' });
  });

  it('that falls through leaves the decision to the next rule, and then to the default', () => {
    const through = rule('x', always, { rollout: rollout({ missing: 'fallThrough' }) });
    expect(ask({ rules: [through, rule('y', always)] })).toStrictEqual({
      value: 'B',
      variant: 'b',
      reason: 'TARGETING_MATCH',
      rule: 'y',
    });
    expect(ask({ rules: [through] })).toStrictEqual({ value: 'A', variant: 'a', reason: 'DEFAULT' });
  });

  it('that falls through in the default serves the off variant, or nothing', () => {
    const flag = { ...base, default: { rollout: rollout({ missing: 'fallThrough' }) } };
    expect(ask(flag)).toStrictEqual({ value: 'OFF', variant: 'off', reason: 'DEFAULT' });
    const { offVariant: _, ...without } = flag;
    const checked = prepare([{ kind: 'flag', key: 'checkout', json: JSON.stringify(without) }]);
    expect(checked.ok && evaluate(checked.value, 'checkout', {})).toStrictEqual({ reason: 'DEFAULT' });
  });

  it('buckets the empty string like any other', () => {
    expect(ask({ default: { rollout: rollout() } }, { targetingKey: '' }).reason).toBe('SPLIT');
  });

  it.each<[string, readonly [number, number]]>([
    ['halves', [50, 50]],
    ['a tenth', [10, 90]],
    ['a thousandth', [1, 999]],
    ['the largest weights', [1_073_741_823, 1_073_741_824]],
  ])('splits 200,000 keys within 0.5 %% of its weights (%s)', (salt, weights) => {
    const ruleset = rulesetOf({ default: { rollout: rollout({ salt }, weights) } });
    let first = 0;
    for (let user = 0; user < 200_000; user++) {
      if (evaluate(ruleset, 'checkout', { targetingKey: `user-${user}` }).variant === 'a') first++;
    }
    expect(Math.abs(first / 200_000 - weights[0] / (weights[0] + weights[1]))).toBeLessThan(0.005);
  });
});

describe('conditions', () => {
  const pro: Condition = { attribute: 'plan', operator: 'in', values: ['pro'] };
  const dutch: Condition = { attribute: 'country', operator: 'in', values: ['NL'] };

  it.each<[string, Condition, object, boolean]>([
    ['a condition', pro, { plan: 'pro' }, true],
    ['a negated condition', { ...pro, negate: true }, { plan: 'pro' }, false],
    ['a negated condition on another value', { ...pro, negate: true }, { plan: 'free' }, true],
    ['a negated condition on a missing attribute', { ...pro, negate: true }, {}, true],
    ['a negated condition on a list with the value', { ...pro, negate: true }, { plan: ['free', 'pro'] }, false],
    ['all with both', { group: 'all', conditions: [pro, dutch] }, { plan: 'pro', country: 'NL' }, true],
    ['all with one', { group: 'all', conditions: [pro, dutch] }, { plan: 'pro' }, false],
    ['any with one', { group: 'any', conditions: [pro, dutch] }, { country: 'NL' }, true],
    ['any with none', { group: 'any', conditions: [pro, dutch] }, {}, false],
    ['none with none', { group: 'none', conditions: [pro, dutch] }, {}, true],
    ['none with one', { group: 'none', conditions: [pro, dutch] }, { plan: 'pro' }, false],
    [
      'groups in groups',
      { group: 'none', conditions: [{ group: 'all', conditions: [pro, dutch] }] },
      { plan: 'pro' },
      true,
    ],
    ['a segment that does not exist', { segment: 'nobody' }, { plan: 'pro' }, false],
    ['a negated segment that does not exist', { segment: 'nobody', negate: true }, {}, true],
  ])('%s', (_, condition, context, expected) => {
    expect(ask({ rules: [rule('x', [condition])] }, context).reason).toBe(expected ? 'TARGETING_MATCH' : 'DEFAULT');
  });
});

describe('a context', () => {
  const flag = {
    targets: [{ variant: 'b', keys: ['0', 'length'] }],
    rules: [rule('x', [{ attribute: 'length', operator: 'exists', values: [] }])],
  };
  const cyclic: Record<string, unknown> = { plan: 'pro' };
  cyclic.self = cyclic;

  it.each<[string, unknown]>([
    ['null', null],
    ['undefined', undefined],
    ['a string', 'length'],
    ['a number', 5],
    ['a boolean', true],
    ['an array', ['ada']],
    ['a function', () => 'x'],
    ['a symbol', Symbol('x')],
  ])('that is %s evaluates like an empty one', (_, context) => {
    expect(ask(flag, context)).toStrictEqual({ value: 'A', variant: 'a', reason: 'DEFAULT' });
  });

  it('may hold itself', () => {
    const rules = [rule('x', [{ attribute: 'self.self.self.plan', operator: 'in', values: ['pro'] }])];
    expect(ask({ rules }, cyclic).variant).toBe('b');
  });

  it('that throws when it is read is INVALID_CONTEXT, never an exception', () => {
    const throwing = Object.defineProperty({}, 'length', { enumerable: true, get: () => expect.unreachable() });
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    for (const context of [throwing, proxy]) {
      expect(ask(flag, context)).toMatchObject({ reason: 'ERROR', errorCode: 'INVALID_CONTEXT' });
    }
    expect(ask({}, throwing).reason).toBe('STATIC');
  });

  it('is read through own members only', () => {
    const context = Object.create({ length: 5, targetingKey: '0' });
    expect(ask(flag, context).reason).toBe('DEFAULT');
  });
});

describe('unknown flags', () => {
  it.each(['missing', 'constructor', 'toString', '__proto__', 'hasOwnProperty', ''])('%j is FLAG_NOT_FOUND', (key) => {
    for (const ruleset of [rulesetOf({}), EMPTY_RULESET]) {
      const answer = evaluate(ruleset, key, {});
      expect(answer).toMatchObject({ reason: 'ERROR', errorCode: 'FLAG_NOT_FOUND' });
      expect(answer).not.toHaveProperty('value');
      expect(answer).not.toHaveProperty('variant');
    }
  });

  it('are told from flags that carry the names of object members', () => {
    const json = JSON.stringify({
      ...base,
      key: 'constructor',
      variants: { toString: 'x' },
      offVariant: 'toString',
      default: { variant: 'toString' },
    });
    const checked = prepare([{ kind: 'flag', key: 'constructor', json }]);
    expect(checked.ok && evaluate(checked.value, 'constructor', {})).toStrictEqual({
      value: 'x',
      variant: 'toString',
      reason: 'STATIC',
    });
  });
});

describe('answers', () => {
  const shapes: readonly [string, Partial<FlagConfiguration>, object][] = [
    ['static', {}, {}],
    ['disabled', { enabled: false }, {}],
    ['targeted', { targets: [{ variant: 'b', keys: ['ada'] }] }, { targetingKey: 'ada' }],
    ['from a rule', { rules: [rule('x', always)] }, {}],
    ['by default', { rules: [rule('x', never)] }, {}],
    ['split', { default: { rollout: rollout() } }, { targetingKey: 'ada' }],
    ['split in a rule', { rules: [rule('x', always, { rollout: rollout() })] }, { targetingKey: 'ada' }],
    ['failed', { default: { rollout: rollout() } }, {}],
  ];

  it.each(shapes)('that are %s are the same frozen object every time', (_, flag, context) => {
    const ruleset = rulesetOf(flag);
    const answer = evaluate(ruleset, 'checkout', { ...context });
    expect(Object.isFrozen(answer)).toBe(true);
    expect(evaluate(ruleset, 'checkout', { ...context })).toBe(answer);
  });

  it('share values that are frozen to the bottom', () => {
    const { value } = ask({ type: 'object', variants: { a: { list: [{ deep: 1 }] }, b: [], off: {} } });
    const { list } = value as { list: [{ deep: number }] };
    expect([value, list, list[0]].every(Object.isFrozen)).toBe(true);
  });
});
