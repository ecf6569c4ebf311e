import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, envName, nearestName, optionName } from './setting-names.ts';

const letter = fc.constantFrom('a', 'b', 'c', 'd');
const word = fc.string({ unit: letter, maxLength: 8 });

describe('editDistance', () => {
  it('is 0 only for equal texts, and the same both ways', () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(editDistance(a, b) === 0).toBe(a === b);
        expect(editDistance(a, b)).toBe(editDistance(b, a));
      }),
    );
  });

  it('lies between the difference in length and the greater length', () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(editDistance(a, b)).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
        expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });

  it('is at most 1 after one insertion, deletion, replacement or swap', () => {
    fc.assert(
      fc.property(word, fc.nat(7), letter, (text, at, letter) => {
        const i = Math.min(at, text.length);
        const [before, after] = [text.slice(0, i), text.slice(i)];
        const swapped = before + after.slice(1, 2) + after.slice(0, 1) + after.slice(2);
        for (const edited of [
          before + letter + after,
          before + after.slice(1),
          before + letter + after.slice(1),
          swapped,
        ])
          expect(editDistance(text, edited)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it.each([
    ['kitten', 'sitting', 3],
    ['', 'abc', 3],
    ['prot', 'port', 1],
  ])('from %j to %j is %i', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
  });
});

describe('names of a setting', () => {
  it('follow from its name', () => {
    expect(envName('FLAGHOIST_', 'databaseUrl')).toBe('FLAGHOIST_DATABASE_URL');
    expect(optionName('databaseUrl')).toBe('--database-url');
    expect(envName('FLAGHOIST_', 'http2Port')).toBe('FLAGHOIST_HTTP2_PORT');
  });

  it('are found from the nearest spelling, and not from one that is far off', () => {
    const known = ['port', 'host', 'databaseUrl'];
    expect(['prot', 'DATABASE_URL', 'hots'].map((name) => nearestName(name, known))).toEqual([
      'port',
      'databaseUrl',
      'host',
    ]);
    expect(nearestName('retention', known)).toBeUndefined();
    expect(nearestName('x'.repeat(100_000), known)).toBeUndefined();
  });
});
