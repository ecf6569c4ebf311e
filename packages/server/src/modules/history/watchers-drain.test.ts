import { expect, it } from 'vitest';
import { createWatchers } from './watch.ts';

it('Watchers that are drained end every stream that is open, and each that is opened later', () => {
  const watchers = createWatchers({ log: {} as never, changes: {} as never });
  const ended: string[] = [];
  const open = (name: string): (() => void) => watchers.opened(() => void ended.push(name));
  open('first');
  const close = open('closed before');
  close();
  watchers.drain();
  expect(ended).toEqual(['first']);
  open('late');
  expect(ended).toEqual(['first', 'late']);
});
