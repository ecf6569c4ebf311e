import { describe, expect, test } from 'vitest';
import { fieldErrors, hasErrors, newForm, stepForm } from './form-state.ts';

const begun = newForm({ name: '', email: '' });
const refused = stepForm(stepForm(begun, { do: 'send' }), {
  do: 'refuse',
  errors: { name: 'Give it a name.', email: 'Not an address.' },
  failure: null,
});

describe('a form', () => {
  test('forgets what was wrong with a field once it is changed, and only that', () => {
    const next = stepForm(refused, { do: 'change', values: { name: 'Ada' } });
    expect(next.values).toEqual({ name: 'Ada', email: '' });
    expect(next.errors).toEqual({ email: 'Not an address.' });
  });

  test('forgets everything that was wrong when it is sent again', () => {
    const sent = stepForm({ ...refused, failure: { title: 'No' } }, { do: 'send' });
    expect(sent).toMatchObject({ errors: {}, failure: null, isSending: true });
  });

  test('counts each time it is sent back, so that the focus moves each time', () => {
    expect(refused.refusals).toBe(1);
    const again = stepForm(stepForm(refused, { do: 'send' }), { do: 'refuse', errors: {}, failure: { title: 'No' } });
    expect(again).toMatchObject({ refusals: 2, isSending: false, failure: { title: 'No' } });
  });

  test('begins anew', () => {
    expect(stepForm(refused, { do: 'reset', values: { name: 'Bo', email: '' } })).toEqual(
      newForm({ name: 'Bo', email: '' }),
    );
  });

  test('keeps the errors of the fields that have one', () => {
    expect(fieldErrors({ name: null, email: 'Not an address.' })).toEqual({ email: 'Not an address.' });
  });

  test('knows whether anything is wrong', () => {
    expect(hasErrors({})).toBe(false);
    expect(hasErrors<{ name: string }>({ name: 'Give it a name.' })).toBe(true);
  });
});
