import { expect, test } from 'vitest';
import { Description, Name } from './basis.ts';

const accepts = (schema: object, text: string): boolean =>
  new RegExp((schema as { readonly pattern: string }).pattern, 'u').test(text);

const WELCOME = [
  'Checkout',
  'مرحبا بالعالم',
  'שלום \u200fעולם\u200e',
  'नमस्ते दुनिया',
  '👩\u200d👩\u200d👧\u200d👦 family',
  'a\u00a0b',
  '\u{10ffff}',
];
const REFUSED = ['\u0001', '\u001b[31m', '\u007f', '\u0085', '\u009f', '\u202a', '\u202e', '\u2066', '\u2069'];

test('a name is one line in any language', () => {
  expect(WELCOME.filter((text) => !accepts(Name, text))).toEqual([]);
  expect([...REFUSED, '\n', '\r', '\t'].filter((text) => accepts(Name, `a${text}b`))).toEqual([]);
});

test('a description is several lines in any language', () => {
  expect([...WELCOME, 'a\nb\r\nc\td'].filter((text) => !accepts(Description, text))).toEqual([]);
  expect(REFUSED.filter((text) => accepts(Description, `a${text}b`))).toEqual([]);
});
