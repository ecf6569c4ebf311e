import { expect, it } from 'vitest';
import { gate } from '../contract/bus-under-test.ts';
import { Turns } from './turns.ts';

/** Work that says when it begins, and ends when it is told to. */
function make(turns: Turns) {
  const begun: string[] = [];
  const start = (name: string, kind: 'alone' | 'beside') => {
    const { opened, open } = gate();
    const ended = turns[kind](async () => {
      begun.push(name);
      await opened;
      if (name.includes('fails')) throw new Error(name);
      return name;
    });
    ended.catch(() => undefined);
    return { end: open, ended };
  };
  return { begun, start };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('lets work of the one kind be beside its like, as much as there may be, and the other kind alone', async () => {
  const { begun, start } = make(new Turns(2));
  const [a, b, c] = [start('a', 'beside'), start('b, fails', 'beside'), start('c', 'beside')];
  const [d, e] = [start('d, fails', 'alone'), start('e', 'beside')];
  await settled();
  expect(begun).toEqual(['a', 'b, fails']);
  b.end();
  await expect(b.ended).rejects.toThrow('b, fails');
  await settled();
  expect(begun).toEqual(['a', 'b, fails', 'c']);
  c.end();
  expect(await c.ended).toBe('c');
  await settled();
  expect(begun).toHaveLength(3);
  a.end();
  await settled();
  expect(begun).toEqual(['a', 'b, fails', 'c', 'd, fails']);
  d.end();
  await expect(d.ended).rejects.toThrow('d, fails');
  await settled();
  expect(begun.at(-1)).toBe('e');
  e.end();
  expect(await e.ended).toBe('e');
});
