import { describe, expect, it } from 'vitest';
import { toEvaluationContext } from './evaluation-context.ts';

describe('the context for the evaluator', () => {
  it('is the same object when there is nothing to convert', () => {
    const context = { targetingKey: 'ann', plan: null, company: { seats: 3, tags: ['a', 'b'] }, on: true };
    expect(toEvaluationContext(context)).toBe(context);
  });

  it('has ISO texts instead of dates, at any depth, and shares what holds none', () => {
    const at = new Date('2026-11-21T10:00:00Z');
    const untouched = { seats: 3 };
    const context = { targetingKey: 'ann', since: at, company: { founded: at, list: [1, at, { at }] }, untouched };
    const converted = toEvaluationContext(context);
    const iso = '2026-11-21T10:00:00.000Z';
    expect(converted).toEqual({
      targetingKey: 'ann',
      since: iso,
      company: { founded: iso, list: [1, iso, { at: iso }] },
      untouched: { seats: 3 },
    });
    expect(converted['untouched']).toBe(untouched);
    expect(context.since).toBe(at);
  });

  it('has null for a date that is none', () => {
    expect(toEvaluationContext({ since: new Date(Number.NaN) })).toEqual({ since: null });
  });

  it('keeps a member called __proto__ a member', () => {
    const context = JSON.parse('{"__proto__":{"admin":true}}') as Record<string, never>;
    const converted = toEvaluationContext({ ...context, since: new Date(0) });
    expect(Object.getPrototypeOf(converted)).toBe(Object.prototype);
    expect(Object.keys(converted).sort()).toEqual(['__proto__', 'since']);
  });

  it('is handed on as it is when reading it throws', () => {
    const context = Object.defineProperty({}, 'plan', {
      enumerable: true,
      get: () => {
        throw new Error('a getter of the application');
      },
    });
    expect(toEvaluationContext(context)).toBe(context);
  });

  it('ends with a context that contains itself', () => {
    const context: { [name: string]: never } = {};
    Object.assign(context, { self: context, since: new Date(0) });
    expect(toEvaluationContext(context)).toMatchObject({ since: '1970-01-01T00:00:00.000Z' });
  });
});
