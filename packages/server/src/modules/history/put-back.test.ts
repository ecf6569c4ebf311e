import { describe, expect, it } from 'vitest';
import { putBack, whyNot } from './put-back.ts';

const flag = {
  key: 'a',
  type: 'boolean',
  enabled: false,
  variants: { on: true, off: false },
  default: { variant: 'on' },
};

describe('putting back', () => {
  it('sets the members that were altered to what they were, and what was absent to empty', () => {
    const after = { ...flag, enabled: true, offVariant: 'off', rules: [{ id: 'r' }] };
    expect(putBack(flag, after, after)).toEqual({
      set: { enabled: false, offVariant: null, rules: [] },
      conflicts: [],
    });
    expect(putBack(after, flag, flag).set).toEqual({ enabled: true, offVariant: 'off', rules: [{ id: 'r' }] });
  });

  it('leaves alone what the edit did not alter, whoever altered it since', () => {
    const after = { ...flag, enabled: true };
    expect(putBack(flag, after, { ...after, default: { variant: 'off' } })).toEqual({
      set: { enabled: false },
      conflicts: [],
    });
  });

  it('finds a conflict in what was altered since, with what it is now', () => {
    const after = { ...flag, enabled: true, rules: [{ id: 'r' }] };
    expect(putBack(flag, after, { ...after, rules: [{ id: 's' }] }).conflicts).toEqual([
      { member: 'rules', now: [{ id: 's' }] },
    ]);
    expect(putBack(after, { ...flag, rules: [{ id: 's' }] }, flag).conflicts).toEqual([{ member: 'rules', now: [] }]);
  });

  it('has nothing to do where somebody put it back before', () => {
    expect(putBack(flag, { ...flag, enabled: true }, flag)).toEqual({ set: {}, conflicts: [] });
  });

  it('takes members in another order for the same when it looks for conflicts', () => {
    const after = { ...flag, default: { variant: 'off', x: 1 } };
    expect(putBack(flag, after, { ...after, default: { x: 1, variant: 'off' } }).set).toEqual({
      default: { variant: 'on' },
    });
  });

  it('says why a creation, an archiving and a new variant stay', () => {
    const text = JSON.stringify(flag);
    const edit = { kind: 'flag', key: 'a' } as const;
    expect(whyNot({ ...edit, before: text, after: text.replace('false', 'true') })).toBeNull();
    expect(whyNot({ ...edit, before: null, after: text })).toContain('Archive the flag instead');
    expect(whyNot({ ...edit, before: text, after: null })).toContain('another key');
    const added = JSON.stringify({ ...flag, variants: { ...flag.variants, third: true } });
    expect(whyNot({ ...edit, before: text, after: added })).toContain('variants');
    const values = JSON.stringify({ ...flag, variants: { on: false, off: false } });
    expect(whyNot({ ...edit, before: text, after: values })).toBeNull();
  });
});
