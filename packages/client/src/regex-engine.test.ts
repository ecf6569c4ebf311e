import { RE2JS } from 're2js';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createRegexEngine } from './regex-engine.ts';

const engine = createRegexEngine();

function finds(pattern: string, text: string, ignoreCase = false): boolean {
  return engine.compile(pattern, ignoreCase)(text);
}

function refusal(pattern: string, ignoreCase = false): string {
  try {
    engine.compile(pattern, ignoreCase);
    return 'accepted';
  } catch (error) {
    return error instanceof Error ? error.message : 'not an Error';
  }
}

/** Half a's, half b's, the same at every run. */
function scrambled(length: number): string {
  let text = '';
  let state = 1;
  while (text.length < length) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    text += state < 0x8000_0000 ? 'a' : 'b';
  }
  return text;
}

afterEach(() => vi.restoreAllMocks());

describe('a regular expression', () => {
  const table: readonly [pattern: string, text: string, found: boolean, ignoreCase?: true][] = [
    // Anywhere, unless it is anchored.
    ['b', 'abc', true],
    ['^b', 'abc', false],
    ['', '', true],
    ['^a|c$', 'xc', true],
    // `$` is the end of the text, not the place before a last line break.
    ['a$', 'a\n', false],
    ['(?m)a$', 'a\nb', true],
    ['\\Aa\\z', 'a', true],
    ['.', '\n', false],
    ['(?s).', '\n', true],
    ['^.$', '\u2028', true],
    // Classes are ASCII, Unicode is asked for by name.
    ['\\w', 'é', false],
    ['\\d', '٣', false],
    ['\\s', '\u00a0', false],
    ['\\s', '\v', false],
    ['é\\b', 'é', false],
    ['\\bé', 'aé', true],
    ['\\B', 'a😀a', false],
    ['\\B', '😀😁', true],
    ['^\\pL+$', 'aéÅ', true],
    ['\\p{Greek}', 'aλ', true],
    ['[[:alpha:]]', '1a', true],
    ['\\Qa.b\\E', 'axb', false],
    ['\\x{1F600}', '😀', true],
    // A character is a code point; half of one is a character as well.
    ['^.$', '😀', true],
    ['^[😀😁]$', '😁', true],
    ['\\x{D83D}', '😀', false],
    ['^..$', '\ud83d\ud83d', true],
    // Unicode's simple case folding: one character to one character.
    ['straße', 'STRASSE', false, true],
    ['ß', 'ẞ', true, true],
    ['K', '\u212a', true, true],
    ['s', 'ſ', true, true],
    ['σ', 'ς', true, true],
    ['i', 'İ', false, true],
    ['É', 'é', true, true],
    ['(?-i)A', 'a', false, true],
    ['(?i)A', 'a', true],
    ['A', 'a', false],
    ['(?P<year>\\d{4})-(?<month>\\d\\d)', 'on 2026-11-22', true],
    ['(?U)a+', 'a', true],
    ['a{,2}', 'a{,2}', true],
  ];
  it.each(table)('%j on %j: %s', (pattern, text, found, ignoreCase) => {
    expect(finds(pattern, text, ignoreCase ?? false)).toBe(found);
  });

  it('means the same after it was run on other texts', () => {
    const test = engine.compile('(?:a|ab)(?:c|bcd)$', false);
    expect(['abcd', 'x', 'acb', 'ac', '', 'abcd', 'acb'].map(test)).toEqual([
      true,
      false,
      false,
      true,
      false,
      true,
      false,
    ]);
  });
});

describe('a pattern that cannot be run', () => {
  const table: readonly [pattern: string, message: RegExp][] = [
    ['(', /^The pattern is not RE2 syntax: missing closing \): `\(`\.$/],
    ['a)', /unexpected \)/],
    ['[a', /missing closing \]/],
    ['[z-a]', /invalid character class range: `z-a`/],
    ['a**', /invalid nested repetition operator: `\*\*`/],
    ['a++', /invalid nested repetition operator: `\+\+`/],
    ['*', /missing argument to repetition operator: `\*`/],
    ['a\\', /trailing backslash/],
    ['a{2,1}', /invalid repeat count: `\{2,1\}`/],
    ['a{1001}', /invalid repeat count/],
    ['\\p{Klingon}', /invalid character class range/],
    ['\\u0041', /invalid escape sequence: `\\u`/],
    ['\\Z', /invalid escape sequence: `\\Z`/],
    ['(?>a)', /invalid or unsupported Perl syntax: `\(\?>`/],
    ['(?x) a', /invalid or unsupported Perl syntax/],
    ['(?P<1>a)(?P<1>b)', /duplicate capture group name/],
    ['(a)\\1', /^A back-reference \(`\\1`\) is not part of RE2/],
    ['(?<x>a)\\k<x>', /^A back-reference \(`\\k`\) is not part of RE2/],
    ['a(?=b)', /^Look-around .* is not part of RE2/],
    ['a(?!b)', /^Look-around/],
    ['(?<=a)b', /^Look-around/],
    ['(?<!a)b', /^Look-around/],
    ['((a{1,100}){1,100}){1,100}', /invalid repeat count/],
    ['.{1000}', /^The pattern is too large: it makes a program of size 1002, at most 256 are run\./],
    ['(?:a{1,30}){1,33}', /too large/],
    ['.{500}'.repeat(85), /too large/],
    ['[\\pL\\pN]{150}', /program of size 302/],
    ['x'.repeat(255), /too large/],
    ['\\pL|'.repeat(9), /^The pattern has too many Unicode classes: 9 times/],
    ['[B-\u{1ffff}]'.repeat(9), /too many Unicode classes: 9 times/],
    ['[B-\\x{1ffff}]'.repeat(9), /too many Unicode classes: 9 times/],
  ];
  it.each(table)('is refused with the reason: %s', (pattern, message) => {
    expect(refusal(pattern)).toMatch(message);
    expect(refusal(pattern, true)).toMatch(message);
  });

  it('is told in a short sentence, without what the engine puts in front of it', () => {
    expect(refusal(`(${'a'.repeat(400)}`, true)).toBe(
      `The pattern is not RE2 syntax: missing closing ): \`(${'a'.repeat(39)}...\`.`,
    );
  });

  it('is refused again when it is asked for again', () => {
    expect([refusal('a('), refusal('a(')]).toEqual(
      [refusal('b('), refusal('b(')].map((text) => text.replace('b', 'a')),
    );
  });
});

describe('a pattern of ordinary size', () => {
  it.each([
    ['an address', '^[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]+\\.)+[A-Za-z]{2,24}$'],
    ['250 letters', 'x'.repeat(250)],
    ['a list of names', `^(?:${Array.from({ length: 20 }, (_, at) => `tenant-${at}`).join('|')})$`],
    ['words in any script', '^[\\pL\\pN]+(?:[ _-][\\pL\\pN]+){0,20}$'],
    ['eight alphabets', '[а-я]'.repeat(4) + '\\p{Greek}'.repeat(4)],
    ['a UUID', '^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$'],
  ])('is accepted: %s', (_, pattern) => {
    expect(refusal(pattern)).toBe('accepted');
    expect(refusal(pattern, true)).toBe('accepted');
  });
});

describe('the work of a pattern', () => {
  // A backtracking engine takes 2^4096 steps, or 4096^3, for these: that they end at all is what is tested.
  it.each([
    ['(a+)+$', `${'a'.repeat(4_095)}!`],
    ['^(a|a)*$', `${'a'.repeat(4_095)}!`],
    ['(.*)*(.*)*(.*)*[xy]$', 'a'.repeat(4_096)],
    ['^(?:a?){60}a{60}$', 'a'.repeat(59)],
    ['[ab]*a[ab]{120}[cd]', scrambled(4_096)],
    ['(?:[ab]?){120}[cd]', scrambled(4_096)],
  ])('%s ends on a text made for it', (pattern, text) => {
    expect(finds(pattern, text)).toBe(false);
  });

  it('keeps the states of its automaton below a fixed number, whatever the texts', () => {
    const compiled = vi.spyOn(RE2JS, 'compile');
    const test = createRegexEngine().compile('[ab]*a[ab]{120}[cd]', false);
    const text = scrambled(20_000);
    for (let from = 0; from < 15_000; from += 4_096) test(text.slice(from, from + 4_096));
    const made = compiled.mock.results[0]?.value as RE2JS;
    // A state of this pattern weighs 0.7 kB. Bounded by re2js alone, these texts leave thousands.
    expect(made.re2().dfa.stateCount).toBeGreaterThan(0);
    expect(made.re2().dfa.stateCount).toBeLessThan(1_000);
  });

  it('is compiled once for what asks for it within 64 patterns, and again after that', () => {
    const compiled = vi.spyOn(RE2JS, 'compile');
    const fresh = createRegexEngine();
    const first = fresh.compile('first', false);
    for (let at = 0; at < 63; at++) fresh.compile(`other-${at}`, false);
    expect(fresh.compile('first', false)).toBe(first);
    expect(fresh.compile('first', true)).not.toBe(first);
    expect(compiled).toHaveBeenCalledTimes(65);
    for (let at = 0; at < 64; at++) fresh.compile(`more-${at}`, false);
    expect(fresh.compile('first', false)).not.toBe(first);
  });
});
