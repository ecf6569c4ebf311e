import { expect, it } from 'vitest';
import { isChord, type Press } from './shortcut-keys.ts';

const press = (key: string, held: Partial<Press> = {}): Press => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

it.each([
  ['mod+k', press('k', { ctrlKey: true }), false, true],
  ['mod+k', press('k', { metaKey: true }), true, true],
  ['mod+k', press('k', { ctrlKey: true }), true, false],
  ['mod+k', press('k'), false, false],
  ['k', press('k', { ctrlKey: true }), false, false],
  ['k', press('K', { shiftKey: true }), false, false],
  ['shift+k', press('K', { shiftKey: true }), false, true],
  ['?', press('?', { shiftKey: true }), false, true],
  ['up', press('ArrowUp'), false, true],
  ['k', press('k', { altKey: true }), false, false],
])('%s by %o is told (on a Mac: %s): %s', (chord, keys, isMac, expected) => {
  expect(isChord(chord, keys, isMac)).toBe(expected);
});
