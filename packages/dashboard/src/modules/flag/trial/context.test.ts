import { describe, expect, it } from 'vitest';
import { readJson, readRows, rowsOf, withAsked } from './context.ts';

describe('a context as a form', () => {
  it('goes to JSON and back', () => {
    const context = {
      targetingKey: 'ada',
      company: { plan: 'pro', seats: 5, trial: false },
      groups: ['a', 'b'],
      'a.b': { c: 1 },
    };
    const rows = rowsOf({ targetingKey: 'ada', company: context.company, groups: context.groups });
    expect(rows.map(({ path }) => path)).toEqual([
      'targetingKey',
      'company.plan',
      'company.seats',
      'company.trial',
      'groups',
    ]);
    expect(readRows(rows)).toEqual({
      ok: true,
      context: { targetingKey: 'ada', company: context.company, groups: context.groups },
    });
  });
  it('leaves out what is empty, and says what is no value', () => {
    expect(
      readRows([
        { path: 'x', type: 'text', text: '' },
        { path: '', type: 'text', text: 'a' },
      ]),
    ).toEqual({ ok: true, context: {} });
    expect(readRows([{ path: 'age', type: 'number', text: 'x' }])).toEqual({ ok: false, problem: 'age is no number.' });
  });
  it('takes a JSON object only', () => {
    expect(readJson('[]').ok).toBe(false);
    expect(readJson('{').ok).toBe(false);
    expect(readJson('')).toEqual({ ok: true, context: {} });
  });
  it('reaches no prototype', () => {
    const read = readRows([{ path: '__proto__.polluted', type: 'text', text: 'x' }]);
    expect(({} as { polluted?: string }).polluted).toBeUndefined();
    expect(read.ok && Object.keys(read.context)).toEqual(['__proto__']);
  });
  it('offers what the rules ask for', () => {
    expect(
      withAsked([{ path: 'plan', type: 'text', text: 'pro' }], ['plan', 'country', '$now']).map(({ path }) => path),
    ).toEqual(['plan', 'targetingKey', 'country']);
  });
});
