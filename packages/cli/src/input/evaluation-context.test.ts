import { describe, expect, it } from 'vitest';
import { evaluationContext } from './evaluation-context.ts';

describe('the context of evaluate', () => {
  it('is empty when nothing is said', () => {
    expect(evaluationContext({})).toEqual({});
  });

  it('takes JSON, then the targeting key, then single attributes in their order', () => {
    const context = evaluationContext({
      context: '{"targetingKey":"a","company":{"key":"acme","plan":"free"},"age":1}',
      targetingKey: 'ann',
      set: ['company.plan=pro', 'age=30', 'age=31'],
    });
    expect(context).toEqual({ targetingKey: 'ann', company: { key: 'acme', plan: 'pro' }, age: 31 });
  });

  it.each([
    ['x=30', 30],
    ['x=true', true],
    ['x=["a"]', ['a']],
    ['x="30"', '30'],
    ['x=pro', 'pro'],
    ['x=a=b', 'a=b'],
    ['x=', ''],
    ['x=1.2.3', '1.2.3'],
  ])('reads %s as JSON where it is JSON', (pair, value) => {
    expect(evaluationContext({ set: [pair] })).toEqual({ x: value });
  });

  it('makes objects of a path, also where something else was', () => {
    expect(evaluationContext({ set: ['a=1', 'a.b.c=2'] })).toEqual({ a: { b: { c: 2 } } });
  });

  it('reaches no prototype', () => {
    const context = evaluationContext({ set: ['__proto__.polluted=1', 'constructor.prototype.polluted=1'] });
    expect(JSON.stringify(context)).toBe('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}');
    expect({}).not.toHaveProperty('polluted');
  });

  it.each([
    ['a context that is no object', { context: '[1]' }],
    ['a context that is no JSON', { context: 'a=b' }],
    ['an attribute without a name', { set: ['=1'] }],
    ['an attribute without a value', { set: ['age'] }],
    ['a path with an empty part', { set: ['a..b=1'] }],
  ])('refuses %s', (_what, options) => {
    expect(() => evaluationContext(options)).toThrowError(expect.objectContaining({ exitCode: 2 }));
  });
});
