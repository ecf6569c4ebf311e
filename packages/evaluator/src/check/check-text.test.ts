import { describe, expect, it } from 'vitest';
import { checkText } from './check-text.ts';

const isShallow = (text: string) => checkText(text).every(({ code }) => code !== 'too_deep');
const PADDING = `"${'x'.repeat(70_000)}"`;
const nested = (depth: number, open: string, close: string) =>
  `{"a":${PADDING},"b":${open.repeat(depth)}1${close.repeat(depth)}}`;

describe('the depth of a long text', () => {
  it.each([
    ['lists', '[', ']'],
    ['objects', '{"a":', '}'],
  ])('is counted in %s, and may be 64', (_, open, close) => {
    expect(isShallow(nested(63, open, close))).toBe(true);
    expect(isShallow(nested(64, open, close))).toBe(false);
  });

  it('does not count what stands in strings, whatever is escaped in them', () => {
    const brackets = '['.repeat(100);
    for (const text of [brackets, `\\"${brackets}`, `${brackets}\\\\`, `\\\\\\"${brackets}`]) {
      expect(isShallow(`[${PADDING},"${text}"]`), text.slice(0, 8)).toBe(true);
      expect(isShallow(`[${PADDING},"${text}",${brackets}`), text.slice(0, 8)).toBe(false);
    }
  });

  it('does not grow by what is closed again', () => {
    expect(isShallow(`[${PADDING}${',[{}]'.repeat(1_000)}]`)).toBe(true);
  });

  it('is not looked at in a string that never ends, nor in a short text', () => {
    expect(isShallow(`"${'['.repeat(70_000)}`)).toBe(true);
    expect(isShallow('['.repeat(1_000))).toBe(true);
  });
});
