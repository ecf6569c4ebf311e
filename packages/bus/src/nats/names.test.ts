import { describe, expect, it } from 'vitest';
import { createNames, formatText, idToken, nameOfToken, nameToken, parseText } from './names.ts';

const NAMES = ['0190-plain_Name', '', 'a.b', '*', '>', 'with space', '=Zg', 'Ä€😀', '$JS', 'x'.repeat(150)];

describe('names on a NATS server', () => {
  it.each(NAMES)('become one token of a subject, and %j again', (name) => {
    expect(nameToken(name)).toMatch(/^[\w=-]+$/);
    expect(nameOfToken(nameToken(name))).toBe(name);
  });

  it('differ where the names do', () => {
    expect(new Set(NAMES.map(nameToken)).size).toBe(NAMES.length);
    expect(new Set(NAMES.map(idToken)).size).toBe(NAMES.length);
  });

  it('have at most 150 bytes', () => {
    expect(() => nameToken('é'.repeat(76))).toThrow(RangeError);
  });

  it('are of ids of any length', () => {
    expect(idToken('é'.repeat(10_000))).toMatch(/^=[\w-]{43}$/);
    expect(idToken('exposures-1')).toBe('exposures-1');
  });

  it('keep texts in headers on one line of ASCII', () => {
    const text = 'a\r\nNats-Rollup: all\u2028é%';
    expect(formatText(text)).toMatch(/^[!-~]+$/);
    expect(parseText(formatText(text))).toBe(text);
  });

  it('put no message of one kind or life under the pattern of another', () => {
    const names = createNames('fh');
    const [one, two] = [names.logSubjects('one'), names.logSubjects('two')];
    expect(names.logPatterns('one').some((pattern) => matches(pattern, one.messages('s.t')))).toBe(true);
    expect(names.logPatterns('one').some((pattern) => matches(pattern, one.pieces('s.t', 'tag')))).toBe(true);
    expect(names.logPatterns('one').some((pattern) => matches(pattern, two.messages('s.t')))).toBe(false);
    expect(matches(names.logNews.source, one.messages('s'))).toBe(true);
    expect(matches(names.logNews.source, one.pieces('s', 'tag'))).toBe(false);
    const queue = names.queue('a.b');
    expect(matches(queue.news.source, queue.item('x.y'))).toBe(true);
    expect(matches(queue.news.source, queue.pieces)).toBe(false);
  });

  it('begin with a prefix that is one token', () => {
    expect(() => createNames('a.b')).toThrow(RangeError);
    expect(() => createNames('')).toThrow(RangeError);
  });
});

/** As a server does, for `*`. */
function matches(pattern: string, subject: string): boolean {
  const tokens = subject.split('.');
  const wanted = pattern.split('.');
  return wanted.length === tokens.length && wanted.every((token, index) => token === '*' || token === tokens[index]);
}
