import { expect, it } from 'vitest';
import { parseSearch, stringifySearch, texts } from './search.ts';

it('reads an address and writes it again', () => {
  const text = '?q=a%26b+c&env=1&tab=true';
  expect(parseSearch(text)).toEqual({ q: 'a&b c', env: '1', tab: 'true' });
  expect(stringifySearch(parseSearch(text))).toBe(text);
});

it('leaves out what says nothing', () => {
  expect(stringifySearch({ q: '', env: undefined, tab: 'rules' })).toBe('?tab=rules');
  expect(stringifySearch({})).toBe('');
});

it('keeps the members that a page knows, as texts', () => {
  expect(texts('env', 'tab')({ env: 'production', tab: '', other: 'x' })).toEqual({ env: 'production' });
});
