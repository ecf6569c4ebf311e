import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { expect, it } from 'vitest';
import { channelOf, createPoint, POINTS } from './index.ts';

it('a point tells those who listen, before the work goes on, and nobody else', () => {
  const reach = createPoint('file.written');
  const heard: unknown[] = [];
  const listener = (message: unknown): void => void heard.push(message);
  reach();
  subscribe(channelOf('file.written'), listener);
  reach();
  expect(heard).toEqual([{ name: 'file.written' }]);
  createPoint('file.renamed')();
  unsubscribe(channelOf('file.written'), listener);
  reach();
  expect(heard).toHaveLength(1);
});

it('points have names of their own', () => {
  expect(new Set(POINTS).size).toBe(POINTS.length);
});
