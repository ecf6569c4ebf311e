import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffLines, hunksOf, jsonText } from './line-diff.ts';

const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 24 }).map((lines) => lines.join('\n'));

/** The length of a longest common subsequence, from its definition. */
function longest(a: readonly string[], b: readonly string[]): number {
  let row = Array.from({ length: b.length + 1 }, () => 0);
  for (const one of a) {
    const next = [0];
    for (const [j, other] of b.entries())
      next.push(one === other ? (row[j] ?? 0) + 1 : Math.max(row[j + 1] ?? 0, next[j] ?? 0));
    row = next;
  }
  return row.at(-1) ?? 0;
}

describe('the lines that differ', () => {
  it('give both texts back, numbered, with as much the same as can be', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lines = diffLines(before, after);
        const split = (value: string) => (value === '' ? [] : value.split('\n'));
        const of = (kind: 'removed' | 'added') => lines.filter((line) => line.kind === 'same' || line.kind === kind);
        expect(of('removed').map((line) => line.text)).toEqual(split(before));
        expect(of('added').map((line) => line.text)).toEqual(split(after));
        expect(of('removed').map((line) => line.before)).toEqual(split(before).map((_, at) => at + 1));
        expect(of('added').map((line) => line.after)).toEqual(split(after).map((_, at) => at + 1));
        expect(lines.filter((line) => line.kind === 'same')).toHaveLength(longest(split(before), split(after)));
      }),
    );
  });

  it('are kept by the parts that are shown, which leave out only what is the same', () => {
    fc.assert(
      fc.property(text, text, fc.nat(3), (before, after, around) => {
        const lines = diffLines(before, after);
        const { hunks, rest } = hunksOf(lines, around);
        const shown = hunks.flatMap((hunk) => hunk.lines);
        expect(shown.filter((line) => line.kind !== 'same')).toEqual(lines.filter((line) => line.kind !== 'same'));
        expect(hunks.reduce((sum, hunk) => sum + hunk.skipped + hunk.lines.length, rest)).toBe(lines.length);
      }),
    );
  });
});

it('tell what was not there as nothing', () => {
  expect(diffLines(jsonText(null), jsonText({ a: 1 })).map(({ kind, text: line }) => [kind, line])).toEqual([
    ['added', '{'],
    ['added', '  "a": 1'],
    ['added', '}'],
  ]);
});

it('are told whole where comparing would take too long', () => {
  const many = (letter: string) => Array.from({ length: 3_000 }, (_, at) => `${letter}${at}`).join('\n');
  expect(diffLines(many('a'), many('b')).filter(({ kind }) => kind === 'removed')).toHaveLength(3_000);
});
