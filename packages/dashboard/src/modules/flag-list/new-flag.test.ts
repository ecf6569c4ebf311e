import { expect, test } from 'vitest';
import { beginFlag, flagProblems, type NewFlagEvent, stepFlag, toCreate } from './new-flag.ts';
import { readValue } from './variant-value.ts';

const after = (...events: readonly NewFlagEvent[]) => events.reduce(stepFlag, beginFlag());

test('the key follows the name until it is written by hand, and again once it is emptied', () => {
  expect(after({ event: 'name', name: 'New checkout' }).key).toBe('new-checkout');
  const own = after({ event: 'key', key: 'co' }, { event: 'name', name: 'New checkout' });
  expect(own.key).toBe('co');
  const emptied = [
    { event: 'key', key: '' },
    { event: 'name', name: 'Other' },
  ] as const;
  expect(emptied.reduce(stepFlag, own).key).toBe('other');
});

test('a boolean flag is ready with a name alone, off everywhere', () => {
  const flag = after({ event: 'name', name: 'New checkout' });
  expect(flagProblems(flag)).toEqual({});
  expect(toCreate(flag)).toEqual({
    key: 'new-checkout',
    type: 'boolean',
    name: 'New checkout',
    variants: { on: true, off: false },
    offVariant: 'off',
    defaultVariant: 'on',
  });
});

test('another type brings other variants, and values of that type', () => {
  const flag = after({ event: 'key', key: 'limit' }, { event: 'type', type: 'number' });
  expect(toCreate(flag)).toMatchObject({
    variants: { standard: 0, new: 1 },
    offVariant: 'standard',
    defaultVariant: 'new',
  });
});

test('a variant that was served when it was removed is replaced by the first', () => {
  const flag = after({ event: 'type', type: 'string' });
  const [first, second] = flag.variants;
  const serving = stepFlag(flag, { event: 'serves', when: 'off', id: second?.id ?? -1 });
  const removed = stepFlag(serving, { event: 'removeVariant', id: second?.id ?? -1 });
  expect(removed.off).toBe(first?.id);
  expect(stepFlag(removed, { event: 'removeVariant', id: first?.id ?? -1 }).variants).toHaveLength(1);
});

test('an off flag may answer nothing', () => {
  const flag = after({ event: 'key', key: 'x' }, { event: 'serves', when: 'off', id: null });
  expect(toCreate(flag)).not.toHaveProperty('offVariant');
});

test('two variants of one name are refused at the second', () => {
  const flag = after({ event: 'key', key: 'x' }, { event: 'type', type: 'string' });
  const second = flag.variants[1]?.id ?? -1;
  const twice = stepFlag(flag, { event: 'variant', id: second, name: 'standard' });
  expect(Object.keys(flagProblems(twice))).toEqual([`variant ${second} name`]);
});

test('values that are not of the type are refused', () => {
  for (const text of ['', 'ten', '1e999', '0x10', '1.', 'Infinity'])
    expect(readValue('number', text).ok, text).toBe(false);
  for (const text of ['', '[]', 'null', '1', '{"a":}']) expect(readValue('object', text).ok, text).toBe(false);
  expect(readValue('number', ' -2.5e3 ')).toEqual({ ok: true, value: -2500 });
  expect(readValue('object', '{"a":[1]}')).toEqual({ ok: true, value: { a: [1] } });
  expect(readValue('string', ' ')).toEqual({ ok: true, value: ' ' });
  expect(readValue('boolean', 'yes').ok).toBe(false);
});
