import { describe, expect, it } from 'vitest';
import { fnv1a } from './fnv.ts';

describe('fnv1a', () => {
  it.each([
    ['', 0x811c9dc5],
    ['a', 0xe40c292c],
    ['b', 0xe70c2de5],
    ['foobar', 0xbf9cf968],
  ])('hashes %j as published by the authors of FNV', (text, hash) => {
    expect(fnv1a(text)).toBe(hash);
  });

  it('takes UTF-16 code units where the authors take bytes', () => {
    expect(fnv1a('é')).toBe(Math.imul(0x811c9dc5 ^ 0xe9, 0x01000193) >>> 0);
    expect(fnv1a('日')).toBe(Math.imul(0x811c9dc5 ^ 0x65e5, 0x01000193) >>> 0);
  });

  it('goes on after the hash of the text before', () => {
    for (const [before, after] of [
      ['', 'abc'],
      ['salt', ''],
      ['salt\ud83d', '\ude00value'],
      ['日本', '利用者'],
    ] as const) {
      expect(fnv1a(after, fnv1a(before))).toBe(fnv1a(before + after));
    }
  });
});
