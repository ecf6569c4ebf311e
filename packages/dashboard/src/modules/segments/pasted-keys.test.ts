import { expect, test } from 'vitest';
import { MOST_KEYS, parsePaste, pasteText } from './pasted-keys.ts';

test('lines, commas, semicolons and tabs separate keys; blanks and quotes around them do not count', () => {
  const pasted = parsePaste(' a , b\r\n"c"\td;;e f\n\n', new Set(['b']));
  expect(pasted.added).toEqual(['a', 'c', 'd', 'e f']);
  expect(pasted.present).toBe(1);
});

test('what stands twice is added once', () => {
  expect(parsePaste('a\nb\na\na', new Set())).toMatchObject({ added: ['a', 'b'], repeated: 2 });
});

test('what cannot be a key is counted and shown with why', () => {
  const pasted = parsePaste(`ok\n${'x'.repeat(1_025)}\n\ud800`, new Set());
  expect(pasted).toMatchObject({ added: ['ok'], invalid: 2 });
  expect(pasted.examples[0]).toEqual({
    text: `${'x'.repeat(60)}…`,
    why: 'It has 1,025 characters; 1,024 is the most.',
  });
});

test('no more is added than a list can hold', () => {
  const list = new Set(Array.from({ length: MOST_KEYS - 1 }, (_, at) => `k${at}`));
  expect(parsePaste('a\nb\nc', list)).toMatchObject({ added: ['a'], over: 2 });
});

test('ten thousand keys are read at once', () => {
  const keys = Array.from({ length: 10_000 }, (_, at) => `user-${at}`);
  const pasted = parsePaste(keys.join('\n'), new Set(keys.slice(0, 100)));
  expect([pasted.added.length, pasted.present]).toEqual([9_900, 100]);
});

test('the counts are one sentence', () => {
  expect(pasteText(parsePaste('', new Set()))).toBe('No keys yet.');
  expect(pasteText(parsePaste('a\nb\nb\nc', new Set(['c'])))).toBe(
    '2 keys are new, 1 is in the list already, 1 stands here twice.',
  );
});
