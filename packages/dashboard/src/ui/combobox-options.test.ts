import { describe, expect, it } from 'vitest';
import { offerOptions, splitPaste } from './combobox-options.ts';

const options = [
  { value: 'checkout', label: 'New checkout' },
  { value: 'search', label: 'Search', hint: 'The box on top' },
];
const offer = (query: string, allowNew = false, chosen: readonly string[] = []) =>
  offerOptions({ options, query, allowNew, chosen }).map(({ value }) => value);

describe('what a combobox offers', () => {
  it('finds by label, value and hint, whatever the case', () => {
    expect([offer(''), offer('NEW'), offer('checkout'), offer('box'), offer('nothing')]).toEqual([
      ['checkout', 'search'],
      ['checkout'],
      ['checkout'],
      ['search'],
      [],
    ]);
  });

  it('offers first what was typed, where it may be taken and is new', () => {
    expect(offer(' check ', true)).toEqual(['check', 'checkout']);
    expect(offer('checkout', true)).toEqual(['checkout']);
    expect(offer('mine', true, ['mine'])).toEqual([]);
    expect(offer(' ', true)).toEqual(['checkout', 'search']);
  });
});

it('takes a paste of several apart', () => {
  expect(splitPaste('a, b\nc;\td\r\n\n')).toEqual(['a', 'b', 'c', 'd']);
  expect(splitPaste('only one')).toBeNull();
  expect(splitPaste('one,')).toBeNull();
});
