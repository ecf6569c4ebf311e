import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRegexEngine } from './regex-engine.ts';

/**
 * What RE2 and JavaScript's `u` expressions both have, and mean the same by: not the line ends that only JavaScript's `.`
 * knows, not the letters that `\w` and `\b` hold in JavaScript when case is ignored, and no `\B`, which V8 finds in the
 * middle of a character.
 */
const LETTERS = ['a', 'b', 'B', '1', '_', '-', ' ', 'é', 'É', 'σ', 'ς', 'Σ', 'ß', 'ẞ', 'ǅ', '😀', '😁', '\u0345'];
const CLASSES = ['.', '\\d', '\\D', '\\w', '\\W', '[ab]', '[^ab]', '[a-f]', '[é😀]', '[^σ]', '[\\d_]'];

const atom = fc.constantFrom(...LETTERS, ...CLASSES);
const place = fc.constantFrom('^', '$', '\\b');
const count = fc.constantFrom('*', '+', '?', '{2}', '{0,2}', '{1,3}', '{2,}', '*?', '+?', '??');

const groupCount = fc.constantFrom('*', '+', '?', '{0,2}', '*?', '+?');
const simple = fc.oneof(
  fc.oneof(atom, place),
  fc.tuple(atom, count).map(([what, often]) => what + often),
);

/** At most two alternatives of at most three pieces. */
function alternatives(piece: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const sequence = fc.array(piece, { maxLength: 3 }).map((pieces) => pieces.join(''));
  return fc.array(sequence, { minLength: 1, maxLength: 2 }).map((all) => all.join('|'));
}

function grouped(inner: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.oneof(
    inner.map((text) => `(${text})`),
    fc.tuple(inner, groupCount).map(([text, often]) => `(?:${text})${often}`),
  );
}

const shallow = alternatives(simple);
const pattern = alternatives(
  fc.oneof(simple, grouped(shallow), grouped(alternatives(fc.oneof(simple, grouped(simple))))),
);

const text = fc.array(fc.constantFrom(...LETTERS), { maxLength: 10 }).map((letters) => letters.join(''));

describe('a regular expression that JavaScript has as well', () => {
  it('is found in the same texts, with and without regard to case', () => {
    const engine = createRegexEngine();
    fc.assert(
      fc.property(
        pattern,
        fc.boolean(),
        fc.array(text, { minLength: 1, maxLength: 5 }),
        (source, ignoreCase, texts) => {
          const expected = new RegExp(source, ignoreCase ? 'iu' : 'u');
          const test = engine.compile(source, ignoreCase);
          for (const one of texts) expect(test(one), JSON.stringify(one)).toBe(expected.test(one));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('is found in the same halves of characters', () => {
    const engine = createRegexEngine();
    const halves = fc
      .array(fc.constantFrom('a', '\ud83d', '\ude00', '😀'), { maxLength: 6 })
      .map((all) => all.join(''));
    fc.assert(
      fc.property(fc.constantFrom('^.$', '^..$', '^...$', '😀', '[^😀]', '^[^a]+$', 'a.a'), halves, (source, one) => {
        expect(engine.compile(source, false)(one)).toBe(new RegExp(source, 'u').test(one));
      }),
    );
  });
});
