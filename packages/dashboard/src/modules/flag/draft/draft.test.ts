import type { Rule } from '@flaghoist/evaluator';
import { describe, expect, it } from 'vitest';
import type { Action } from './actions.ts';
import { type Configuration, editBetween, readDocument, toDocument } from './configuration.ts';
import { beginDraft, type Draft, isDirty, stepDraft } from './draft.ts';
import { beginCondition, newRuleId } from './new-rule.ts';
import { readPastedKeys } from './targets.ts';

const rule = (id: string): Rule => ({ id, conditions: [{ segment: 's' }], serve: { variant: 'on' } });
const base: Configuration = {
  enabled: false,
  variants: { on: true, off: false },
  offVariant: 'off',
  clientVisible: false,
  prerequisites: [],
  targets: [{ variant: 'on', keys: ['ada'] }],
  rules: [rule('one'), rule('two'), rule('three')],
  default: { variant: 'off' },
};
const begun = beginDraft(base, 7);
const edit = (draft: Draft, action: Action, typing = false): Draft =>
  stepDraft(draft, { event: 'edit', action, typing });
const done = (...actions: readonly Action[]): Configuration =>
  actions.reduce((draft, action) => edit(draft, action), begun).present;
const idsOf = ({ rules }: Configuration) => rules.map(({ id }) => id);

describe('a draft', () => {
  it('is dirty while it differs from what is saved, and not when an edit is taken back by hand', () => {
    const on = edit(begun, { do: 'enable', enabled: true });
    expect([isDirty(begun), isDirty(on)]).toEqual([false, true]);
    expect(isDirty(edit(on, { do: 'enable', enabled: false }))).toBe(false);
  });

  it('goes back and forth step by step', () => {
    const two = edit(edit(begun, { do: 'enable', enabled: true }), { do: 'remove rule', rule: 'one' });
    const back = stepDraft(two, { event: 'undo' });
    expect(back.present).toEqual({ ...base, enabled: true });
    expect(stepDraft(back, { event: 'redo' }).present).toEqual(two.present);
    expect(stepDraft(stepDraft(back, { event: 'undo' }), { event: 'undo' }).present).toEqual(base);
  });

  it('undoes one stretch of typing at once', () => {
    const type = (draft: Draft, description: string) =>
      edit(draft, { do: 'describe rule', rule: 'one', description }, true);
    const typed = type(type(begun, 'a'), 'ab');
    expect(stepDraft(typed, { event: 'undo' }).present).toEqual(base);
    const again = type(stepDraft(typed, { event: 'settle' }), 'abc');
    expect(stepDraft(again, { event: 'undo' }).present.rules[0]?.description).toBe('ab');
  });

  it('can take back a discard', () => {
    const discarded = stepDraft(edit(begun, { do: 'enable', enabled: true }), { event: 'discard' });
    expect(isDirty(discarded)).toBe(false);
    expect(stepDraft(discarded, { event: 'undo' }).present.enabled).toBe(true);
  });

  it('after a merge undoes to what is saved, not to what was', () => {
    const mine = edit(begun, { do: 'enable', enabled: true });
    const theirs = { ...base, clientVisible: true };
    const merged = { ...mine.present, clientVisible: true };
    const rebased = stepDraft(mine, { event: 'rebase', base: theirs, revision: 9, present: merged });
    expect(rebased).toMatchObject({ revision: 9, base: theirs, present: merged });
    expect(stepDraft(rebased, { event: 'undo' }).present).toEqual(theirs);
  });
});

describe('a draft that is saved while somebody types', () => {
  it('keeps what was typed since, and nothing else', () => {
    const sent = edit(begun, { do: 'enable', enabled: true });
    const since = edit(sent, { do: 'set client visible', visible: true });
    const saved = stepDraft(since, { event: 'land', from: sent.present, onto: sent.present, revision: 8 });
    expect(saved).toMatchObject({ revision: 8, base: sent.present, present: since.present });
    const clean = stepDraft(sent, { event: 'land', from: sent.present, onto: sent.present, revision: 8 });
    expect([isDirty(saved), isDirty(clean), clean.past]).toEqual([true, false, []]);
  });
});

describe('editing rules', () => {
  it('moves, duplicates and renames them', () => {
    expect(idsOf(done({ do: 'move rule', rule: 'three', to: 0 }))).toEqual(['three', 'one', 'two']);
    expect(idsOf(done({ do: 'move rule', rule: 'one', to: 9 }))).toEqual(['two', 'three', 'one']);
    expect(idsOf(done({ do: 'duplicate rule', rule: 'one', id: 'one-2' }))).toEqual(['one', 'one-2', 'two', 'three']);
    expect(idsOf(done({ do: 'rename rule', rule: 'one', id: 'eins' }))).toEqual(['eins', 'two', 'three']);
  });

  it('never gives two rules one id', () => {
    expect(done({ do: 'rename rule', rule: 'one', id: 'two' })).toEqual(base);
    expect(done({ do: 'add rule', rule: rule('two') })).toEqual(base);
  });

  it('reaches conditions in groups in groups', () => {
    const group = { group: 'any', conditions: [{ group: 'all', conditions: [{ segment: 'deep' }] }] } as const;
    const after = done(
      { do: 'add condition', rule: 'one', into: [], condition: group },
      { do: 'set condition', place: { rule: 'one', at: [1, 0, 0] }, condition: { segment: 'deeper' } },
      { do: 'add condition', rule: 'one', into: [1], condition: { segment: 'beside' } },
      { do: 'remove condition', place: { rule: 'one', at: [0] } },
    );
    expect(after.rules[0]?.conditions).toEqual([
      { group: 'any', conditions: [{ group: 'all', conditions: [{ segment: 'deeper' }] }, { segment: 'beside' }] },
    ]);
  });

  it('keeps a dialect and everything else of a condition that it does not touch', () => {
    const imported = { ...beginCondition('attribute'), dialect: 'unleash', negate: true } as const;
    const after = done(
      { do: 'add condition', rule: 'two', into: [], condition: imported },
      { do: 'set condition', place: { rule: 'two', at: [0] }, condition: { segment: 'x' } },
    );
    expect(after.rules[1]?.conditions[1]).toEqual(imported);
  });

  it('finds ids that are free', () => {
    expect(newRuleId(['rule-1', 'x'])).toBe('rule-2');
    expect(newRuleId(['eu', 'eu-2'], 'eu-2')).toBe('eu-3');
  });
});

describe('individual targets', () => {
  it('hold a key once: adding it elsewhere moves it', () => {
    expect(done({ do: 'add keys', variant: 'off', keys: ['ada', 'bob', 'bob'] }).targets).toEqual([
      { variant: 'off', keys: ['ada', 'bob'] },
    ]);
  });
  it('go when their last key goes', () => {
    expect(done({ do: 'remove keys', keys: ['ada'] }).targets).toEqual([]);
  });
  it('are read from what people paste', () => {
    expect(readPastedKeys('ada, bob\n"c d"\r\n\tbob;eve')).toEqual(['ada', 'bob', 'c d', 'eve']);
  });
});

describe('what is saved', () => {
  it('is only what changed', () => {
    expect(editBetween(base, base)).toBeNull();
    expect(editBetween(base, { ...base, offVariant: null })).toEqual({ offVariant: null });
  });
  it('is the same document read back', () => {
    expect(readDocument({ ...toDocument('f', 'boolean', base) })).toEqual(base);
  });
});
