import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Ruleset } from './content.ts';
import { checkFlag } from './check-flag.ts';
import { checkSegment } from './check-segment.ts';
import { evaluate } from './evaluate.ts';
import type {
  AttributeCondition,
  Condition,
  EntityChange,
  Evaluation,
  EvaluationContext,
  FlagConfiguration,
  JsonValue,
  Operator,
  Rollout,
  Segment,
  Serve,
} from './model.ts';
import { murmur3 } from './murmur3.ts';
import { flagKeys, patch, prepare } from './ruleset.ts';

const RUNS = { numRuns: 2_000 };

/* Documents: small pools of names, so that conditions hold, segments meet and circles close. */

const USERS = ['ada', 'bob', 'eve', ''];
const SEGMENTS = ['s1', 's2', 's3', 's4', 's5'];
const FLAGS = ['f1', 'f2', 'f3', 'constructor'];
const ATTRIBUTES = ['targetingKey', 'plan', 'age', 'company', 'company.plan', 'a.b.c', 'toString'];
const TEXTS = ['pro', 'free', 'p', '', 'o', 'ada'];

const path = fc.constantFrom(...ATTRIBUTES);
const text = fc.constantFrom(...TEXTS);
const negate = fc.option(fc.boolean(), { nil: undefined });
const keys = fc.uniqueArray(fc.constantFrom(...USERS.filter((key) => key !== '')), { maxLength: 2 });

/** Without members that are undefined, as JSON has them. */
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

const compare = (values: fc.Arbitrary<AttributeCondition['values']>, ...operators: Operator[]) =>
  fc.record({ attribute: path, operator: fc.constantFrom(...operators), values, negate }) as fc.Arbitrary<Condition>;
const operand = fc.oneof(text, fc.integer({ min: 0, max: 3 }), fc.boolean());
const attributeCondition = fc.oneof(
  compare(fc.array(operand, { minLength: 1, maxLength: 4 }), 'in'),
  compare(fc.array(text, { minLength: 1, maxLength: 3 }), 'contains', 'startsWith', 'endsWith'),
  compare(fc.tuple(fc.integer({ min: 0, max: 3 })), 'lessThan', 'lessOrEqual', 'greaterThan', 'greaterOrEqual'),
  compare(fc.constant([]), 'exists'),
);

const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    attributeCondition,
    fc.record({ segment: fc.constantFrom(...SEGMENTS), negate }) as fc.Arbitrary<Condition>,
    fc.record({
      group: fc.constantFrom('all' as const, 'any' as const, 'none' as const),
      conditions: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }),
    }),
  ),
}));

const conditions = fc.array(condition, { maxLength: 3 });

const segment = (key: string): fc.Arbitrary<Segment> =>
  fc
    .record({ key: fc.constant(key), included: keys, excluded: keys, conditions }, { requiredKeys: ['key'] })
    .map(plain);

const VARIANTS = ['a', 'b', 'toString'];
const weight = fc.integer({ min: 0, max: 700_000_000 });
const weights = fc
  .uniqueArray(fc.record({ variant: fc.constantFrom(...VARIANTS), weight }), {
    minLength: 1,
    selector: ({ variant }) => variant,
  })
  .filter((shares) => shares.some(({ weight }) => weight > 0));
const rollout: fc.Arbitrary<Rollout> = fc.record({
  variants: weights,
  bucketing: fc.record(
    {
      algorithm: fc.constant('murmur3/1' as const),
      salt: fc.string({ unit: 'grapheme', maxLength: 6 }),
      attribute: path,
      missing: fc.constantFrom('error' as const, 'firstVariant' as const, 'fallThrough' as const),
    },
    { requiredKeys: ['algorithm'] },
  ),
});
const serve: fc.Arbitrary<Serve> = fc.oneof(
  fc.record({ variant: fc.constantFrom(...VARIANTS) }),
  fc.record({ rollout }),
);

const rule = fc.record({ conditions: fc.array(condition, { minLength: 1, maxLength: 3 }), serve });

const values: Readonly<Record<FlagConfiguration['type'], fc.Arbitrary<JsonValue>>> = {
  boolean: fc.boolean(),
  string: fc.string(),
  number: fc.double({ noNaN: true, noDefaultInfinity: true }),
  object: fc
    .oneof(fc.array(fc.jsonValue({ maxDepth: 3 })), fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })))
    .filter((value) => !JSON.stringify(value).includes('__proto__')),
};

const flag = (key: string): fc.Arbitrary<FlagConfiguration> =>
  fc.constantFrom('boolean' as const, 'string' as const, 'number' as const, 'object' as const).chain((type) =>
    fc
      .record(
        {
          key: fc.constant(key),
          type: fc.constant(type),
          enabled: fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
          variants: fc.record({ a: values[type], b: values[type], toString: values[type] }),
          offVariant: fc.constantFrom(...VARIANTS),
          clientVisible: fc.boolean(),
          targets: fc.tuple(keys, keys).map(([a, b]) => [
            { variant: 'a', keys: a },
            { variant: 'toString', keys: b.filter((user) => !a.includes(user)) },
          ]),
          rules: fc
            .array(rule, { maxLength: 3 })
            .map((rules) => rules.map((rule, index) => ({ id: `rule-${index}`, ...rule }))),
          default: serve,
        },
        { requiredKeys: ['key', 'type', 'enabled', 'variants', 'default'] },
      )
      .map(plain),
  );

type Document = FlagConfiguration | Segment;
type Entity = { readonly kind: 'flag' | 'segment'; readonly key: string; readonly document: Document | null };

const entityOf = (kind: Entity['kind'], names: readonly string[], of: (key: string) => fc.Arbitrary<Document>) =>
  fc
    .constantFrom(...names)
    .chain((key) => fc.option(of(key), { freq: 6 }).map((document) => ({ kind, key, document })));
const entity: fc.Arbitrary<Entity> = fc.oneof(entityOf('flag', FLAGS, flag), entityOf('segment', SEGMENTS, segment));

const anything = fc.oneof(text, fc.integer({ min: 0, max: 3 }), fc.boolean(), fc.constant(null), fc.array(text));
const context = fc.record(
  {
    targetingKey: fc.constantFrom(...USERS),
    plan: anything,
    age: fc.oneof(fc.double(), anything),
    company: fc.oneof(fc.record({ plan: anything }), anything),
    'company.plan': anything,
    a: fc.record({ b: fc.oneof(fc.record({ c: anything }), anything) }),
    toString: anything,
  },
  { requiredKeys: [] },
) as unknown as fc.Arbitrary<EvaluationContext>;

/* A second evaluator, straight from the words of the model: slow, over the documents themselves. */

class Reference {
  readonly flags = new Map<string, FlagConfiguration>();
  readonly segments = new Map<string, Segment>();

  constructor(entities: readonly Entity[]) {
    for (const { kind, key, document } of entities) {
      const documents: Map<string, unknown> = kind === 'flag' ? this.flags : this.segments;
      if (document === null) documents.delete(key);
      else documents.set(key, document);
    }
  }

  evaluate(key: string, subject: EvaluationContext): Evaluation {
    const found = this.flags.get(key);
    if (found === undefined) return { reason: 'ERROR', errorCode: 'FLAG_NOT_FOUND' };
    const answer = (reason: Evaluation['reason'], variant?: string, rule?: string): Evaluation => ({
      ...(variant === undefined
        ? {}
        : { variant, value: (found.variants as Record<string, JsonValue>)[variant] ?? null }),
      reason,
      ...(reason === 'ERROR' ? { errorCode: 'TARGETING_KEY_MISSING' } : {}),
      ...(rule === undefined ? {} : { rule }),
    });
    if (!found.enabled) return answer('DISABLED', found.offVariant);
    const targets = (found.targets ?? []).filter((target) => target.keys.length > 0);
    const target = targets.find((item) => item.keys.some((user) => user === this.#read(subject, 'targetingKey')));
    if (target !== undefined) return answer('TARGETING_MATCH', target.variant);
    const rules = found.rules ?? [];
    for (const rule of rules) {
      if (!rule.conditions.every((item) => this.#holds(item, subject, null))) continue;
      const served = this.#serve(rule.serve, found.key, subject, 'TARGETING_MATCH');
      if (served !== null) return answer(served[0], served[1] ?? undefined, rule.id);
    }
    const reason = targets.length + rules.length === 0 ? 'STATIC' : 'DEFAULT';
    const served = this.#serve(found.default, found.key, subject, reason);
    if (served === null) return answer('DEFAULT', found.offVariant);
    return answer(served[0], served[1] ?? undefined);
  }

  /** Reason and variant; null instead of the variant for an error; null for falling through. */
  #serve(
    serving: Serve,
    key: string,
    subject: EvaluationContext,
    reason: Evaluation['reason'],
  ): [Evaluation['reason'], string | null] | null {
    if ('variant' in serving) return [reason, serving.variant];
    const { variants, bucketing } = serving.rollout;
    const value = this.#read(subject, bucketing.attribute ?? 'targetingKey');
    if (typeof value !== 'string') {
      if (bucketing.missing === 'fallThrough') return null;
      return bucketing.missing === 'firstVariant' ? ['SPLIT', variants[0]?.variant ?? null] : ['ERROR', null];
    }
    const total = variants.reduce((sum, { weight }) => sum + BigInt(weight), 0n);
    let bucket = (BigInt(murmur3((bucketing.salt ?? key) + value)) * total) >> 32n;
    for (const { variant, weight } of variants) {
      if (bucket < BigInt(weight)) return ['SPLIT', variant];
      bucket -= BigInt(weight);
    }
    throw new Error('A bucket lies beyond the total.');
  }

  #read(subject: EvaluationContext, name: string): unknown {
    if (Object.hasOwn(subject, name)) return subject[name];
    return name.split('.').reduce<unknown>((value, step) => {
      const walks = typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, step);
      return walks ? (value as Record<string, unknown>)[step] : undefined;
    }, subject);
  }

  #holds(item: Condition, subject: EvaluationContext, inside: string | null): boolean {
    if ('attribute' in item) return this.#passes(item, this.#read(subject, item.attribute)) !== (item.negate === true);
    if ('segment' in item) return this.#contains(item.segment, subject, inside) !== (item.negate === true);
    const results = item.conditions.map((member) => this.#holds(member, subject, inside));
    return item.group === 'all' ? results.every(Boolean) : results.some(Boolean) === (item.group === 'any');
  }

  #contains(key: string, subject: EvaluationContext, inside: string | null): boolean {
    const found = this.segments.get(key);
    if (found === undefined || (inside !== null && this.#leads(key, inside, new Set()))) return false;
    const user = this.#read(subject, 'targetingKey');
    if (found.included?.some((member) => member === user)) return true;
    if (found.excluded?.some((member) => member === user)) return false;
    const conditions = found.conditions ?? [];
    return conditions.length > 0 && conditions.every((item) => this.#holds(item, subject, key));
  }

  /** Whether one segment is another, or leads to it through the segments it names. */
  #leads(from: string, to: string, seen: Set<string>): boolean {
    if (from === to) return true;
    if (seen.has(from)) return false;
    seen.add(from);
    return named(this.segments.get(from)?.conditions ?? []).some((next) => this.#leads(next, to, seen));
  }

  #passes({ operator, values: wanted }: AttributeCondition, attribute: unknown): boolean {
    if (operator === 'exists') return attribute !== undefined && attribute !== null;
    if (Array.isArray(attribute)) return attribute.some((element) => compares(operator, wanted, element));
    return compares(operator, wanted, attribute);
  }
}

function compares(operator: Operator, wanted: AttributeCondition['values'], attribute: unknown): boolean {
  return wanted.some((value) => {
    if (operator === 'in') return value === attribute;
    if (typeof value === 'number') return typeof attribute === 'number' && inOrder(operator, attribute - value);
    if (typeof value !== 'string' || typeof attribute !== 'string') return false;
    const place = operator === 'endsWith' ? attribute.length - value.length : 0;
    return operator === 'contains'
      ? attribute.split(value).length > 1 || value === ''
      : place >= 0 && attribute.slice(place, place + value.length) === value;
  });
}

function inOrder(operator: Operator, difference: number): boolean {
  if (difference === 0) return operator.endsWith('OrEqual');
  return operator.startsWith('less') ? difference < 0 : difference > 0;
}

function named(conditions: readonly Condition[]): string[] {
  return conditions.flatMap((item) =>
    'segment' in item ? [item.segment] : 'group' in item ? named(item.conditions) : [],
  );
}

function changes(entities: readonly Entity[]): EntityChange[] {
  return entities.map(({ kind, key, document }) => ({ kind, key, json: document && JSON.stringify(document) }));
}

function must(checked: ReturnType<typeof prepare>): Ruleset {
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return checked.value;
}

function answers(ruleset: Ruleset, contexts: readonly EvaluationContext[]): readonly Evaluation[] {
  return contexts.flatMap((subject) => [...FLAGS, 'unknown'].map((key) => evaluate(ruleset, key, subject)));
}

function expectSame(found: readonly Evaluation[], expected: readonly Evaluation[]): void {
  expect(found.every((answer, index) => answer === expected[index])).toBe(true);
}

const entities = fc.array(entity, { maxLength: 12 });
const contexts = fc.array(context, { minLength: 1, maxLength: 4 });

describe('an evaluation', () => {
  it('answers as the model says', () => {
    fc.assert(
      fc.property(entities, contexts, (documents, subjects) => {
        const ruleset = must(prepare(changes(documents)));
        const reference = new Reference(documents);
        for (const subject of subjects) {
          for (const key of [...FLAGS, 'unknown']) {
            const { errorMessage, ...answer } = evaluate(ruleset, key, subject);
            expect(answer).toStrictEqual(reference.evaluate(key, subject));
            expect(typeof errorMessage === 'string').toBe(answer.reason === 'ERROR');
          }
        }
      }),
      RUNS,
    );
  });

  it('never throws and gives the same object again, for any context at all', () => {
    fc.assert(
      fc.property(
        entities,
        fc.oneof(fc.jsonValue(), fc.anything({ withNullPrototype: true, withSparseArray: true })),
        (documents, subject) => {
          const ruleset = must(prepare(changes(documents)));
          const first = answers(ruleset, [subject as EvaluationContext]);
          expectSame(answers(ruleset, [subject as EvaluationContext]), first);
          expect(first.every(Object.isFrozen)).toBe(true);
        },
      ),
      RUNS,
    );
  });
});

describe('a valid document', () => {
  it('is accepted, and prepares', () => {
    fc.assert(
      fc.property(flag('f1'), segment('s1'), (document, audience) => {
        expect(checkFlag(document)).toEqual({ ok: true, value: document });
        expect(checkSegment(audience)).toEqual({ ok: true, value: audience });
      }),
      RUNS,
    );
  });

  it('that is damaged anywhere is refused or prepares, and never throws', () => {
    fc.assert(
      fc.property(flag('f1'), fc.nat(), fc.jsonValue({ maxDepth: 2 }), (document, place, value) => {
        const json = damage(JSON.stringify(document), place, value);
        const checked = prepare([{ kind: 'flag', key: 'f1', json }]);
        expect(checked.ok || checked.problems.length > 0).toBe(true);
        if (checked.ok) answers(checked.value, [{ targetingKey: 'ada' }, {}]);
      }),
      RUNS,
    );
  });
});

/** The JSON with one of its values replaced. */
function damage(json: string, place: number, value: unknown): string {
  let count = 0;
  JSON.parse(json, (_, member: unknown) => (count++, member));
  let index = 0;
  return JSON.stringify(JSON.parse(json, (_, member: unknown) => (index++ === place % count ? value : member)));
}

describe('a patch', () => {
  // So many that a patch changes a part of the ruleset instead of building it anew.
  const others = Array.from({ length: 24 }, (_, index): Entity[] => {
    const key = `other-${index}`;
    const document = { key, type: 'boolean', enabled: true, variants: { a: true }, default: { variant: 'a' } } as const;
    return [
      { kind: 'flag', key, document },
      { kind: 'segment', key, document: { key } },
    ];
  }).flat();

  it('answers as if everything had been prepared at once, and leaves the old ruleset as it was', () => {
    fc.assert(
      fc.property(entities, fc.array(entities, { maxLength: 4 }), contexts, (first, patches, subjects) => {
        const start = [...others, ...first];
        const steps = [start];
        let ruleset = must(prepare(changes(start)));
        const history: [Ruleset, readonly Evaluation[]][] = [[ruleset, answers(ruleset, subjects)]];
        for (const step of patches) {
          steps.push(step);
          ruleset = must(patch(ruleset, changes(step)));
          const whole = must(prepare(changes(steps.flat())));
          expect(answers(ruleset, subjects)).toStrictEqual(answers(whole, subjects));
          expect(flagKeys(ruleset)).toStrictEqual(flagKeys(whole));
          history.push([ruleset, answers(ruleset, subjects)]);
        }
        for (const [old, before] of history) expectSame(answers(old, subjects), before);
      }),
      RUNS,
    );
  });
});
