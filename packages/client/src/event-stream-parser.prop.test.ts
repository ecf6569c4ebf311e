import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEventStreamParser, type ServerSentEvent } from './event-stream-parser.ts';

const lineText = fc.string({ unit: fc.constantFrom('a', ' ', ':', 'é', '😀', '\uFEFF', '\0', '{') });
const event = fc.record({
  name: fc.stringMatching(/^[a-z]{1,6}$/),
  id: fc.stringMatching(/^[0-9.]{1,6}$/),
  lines: fc.array(lineText, { minLength: 1, maxLength: 4 }),
});
const lineEnd = fc.constantFrom('\n', '\r', '\r\n');

function write(events: readonly { name: string; id: string; lines: readonly string[] }[], end: string): string {
  return events
    .map(({ name, id, lines }) =>
      [`event:${name}`, `id: ${id}`, ...lines.map((line) => `data: ${line}`), ''].map((line) => line + end).join(''),
    )
    .join('');
}

describe('the event stream parser', () => {
  it('reads back what was written, however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(event), lineEnd, fc.array(fc.nat()), (events, end, cuts) => {
        const text = write(events, end);
        const offsets = cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b);
        const read: ServerSentEvent[] = [];
        const parser = createEventStreamParser((parsed) => read.push(parsed));
        let from = 0;
        for (const offset of [...offsets, text.length]) {
          expect(parser.push(text.slice(from, offset))).toBe(true);
          from = offset;
        }
        expect(read).toEqual(events.map(({ name, id, lines }) => ({ event: name, id, data: lines.join('\n') })));
      }),
    );
  });
});
