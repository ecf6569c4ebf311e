import { describe, expect, it } from 'vitest';
import { createEventStreamParser, type ServerSentEvent } from './event-stream-parser.ts';

function parse(pieces: readonly string[], limit?: number): readonly ServerSentEvent[] {
  const events: ServerSentEvent[] = [];
  const parser = createEventStreamParser((event) => events.push(event), limit);
  for (const piece of pieces) parser.push(piece);
  return events;
}

const STREAM = [
  '\uFEFF: a comment\n',
  'event: head\ndata: {"revision":1}\n\n',
  'retry: 10\r\nid: 1.2\r\nevent: patch\r\ndata: first\r\ndata:second\r\ndata\r\ndata:  indented\r\n\r\n',
  'data: by carriage return\r\r',
  'event: reset\n\n',
  ':\n\n\n',
  'id: has\0nul\nid\ndata: ü€😀\n\n',
  'event: unfinished\ndata: never dispatched\n',
].join('');

const EVENTS: readonly ServerSentEvent[] = [
  { event: 'head', id: null, data: '{"revision":1}' },
  { event: 'patch', id: '1.2', data: 'first\nsecond\n\n indented' },
  { event: 'message', id: '1.2', data: 'by carriage return' },
  { event: 'reset', id: '1.2', data: '' },
  { event: 'message', id: '', data: 'ü€😀' },
];

describe('the event stream parser', () => {
  it('reads fields, comments, ids, several data lines and all three line ends', () => {
    expect(parse([STREAM])).toEqual(EVENTS);
  });

  it('reads the same from a stream that is cut at any offset', () => {
    for (let cut = 0; cut <= STREAM.length; cut++)
      expect(parse([STREAM.slice(0, cut), STREAM.slice(cut)]), `cut at ${cut}`).toEqual(EVENTS);
  });

  it('reads the same from a stream that comes in one code unit at a time, with empty pieces between', () => {
    expect(parse(STREAM.split('').flatMap((character) => [character, '']))).toEqual(EVENTS);
  });

  it('skips a byte order mark only at the very start', () => {
    expect(parse(['\uFEFFdata: a\n\n', '\uFEFFdata: b\n\n'])).toEqual([{ event: 'message', id: null, data: 'a' }]);
  });

  it('ends a line at a carriage return at once, without waiting for what follows', () => {
    expect(parse(['data: now\r\r'])).toEqual([{ event: 'message', id: null, data: 'now' }]);
  });

  it('joins a line of a million characters that comes in 1,000 pieces', () => {
    const pieces = Array.from({ length: 1_000 }, (_, i) => String.fromCharCode(97 + (i % 26)).repeat(1_000));
    expect(parse(['data: ', ...pieces, '\n\n'])[0]?.data).toBe(pieces.join(''));
  });

  it('gives up when one event grows past the limit, in one line or in many, and ignores what follows', () => {
    const events: ServerSentEvent[] = [];
    const inOneLine = createEventStreamParser((event) => events.push(event), 20);
    expect(inOneLine.push('data: 0123456789')).toBe(true);
    expect(inOneLine.push('0123456789')).toBe(false);
    expect(inOneLine.push('\n\ndata: later\n\n')).toBe(false);
    const inMany = createEventStreamParser((event) => events.push(event), 20);
    expect(inMany.push('data: 012345678\ndata: 012345678\n')).toBe(true);
    expect(inMany.push('data: 0\n')).toBe(false);
    expect(events).toEqual([]);
  });

  it('does not count finished events against the limit', () => {
    expect(
      parse(
        Array.from({ length: 100 }, () => 'data: 0123456789\n\n'),
        20,
      ),
    ).toHaveLength(100);
  });
});
