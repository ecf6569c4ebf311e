import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../limits.ts';
import type { Environment } from '../../replica/environment.ts';
import { RelayStreams } from './relay-streams.ts';
import { Streams } from './streams.ts';

const OPEN = 250;
const OPTIONS = { limits: DEFAULT_LIMITS, now: () => 0, random: () => 0.5, inForce: () => true };

it('Streams that are drained end by and by: not all at once, and all of them', async () => {
  const streams = new Streams(OPTIONS);
  const responses = Array.from({ length: OPEN }, fakeResponse);
  for (const response of responses) streams.open(response, ENVIRONMENT, 'key', null);
  const ended = (): number => responses.filter(({ writableEnded }) => writableEnded).length;
  const draining = streams.drain();
  expect(ended()).toBe(100);
  expect(streams.refusal('key')).toBe('draining');
  await draining;
  expect(ended()).toBe(OPEN);
});

it('Streams of edges are drained one after the other, and many of them as quickly as the others', async () => {
  for (const [open, first] of [
    [3, 1],
    [401, 3],
  ] as const) {
    const streams = new RelayStreams({ ...OPTIONS, random: () => 0.05 });
    const responses = Array.from({ length: open }, fakeResponse);
    for (const response of responses) streams.open(response, 'key', []);
    const ended = (): number => responses.filter(({ writableEnded }) => writableEnded).length;
    const draining = streams.drain();
    expect(ended()).toBe(first);
    expect(streams.refusal('key')).toBe('draining');
    await draining;
    expect(ended()).toBe(open);
  }
});

const ENVIRONMENT = {
  id: 'env-1',
  current: null,
  cursor: null,
  headEvent: () => Buffer.from(''),
  window: { bytesSince: () => null, next: () => 'nothing' },
} as unknown as Environment;

/** Takes what is written, and ends when it is told to. */
function fakeResponse(): ServerResponse {
  return Object.assign(new EventEmitter(), {
    writableEnded: false,
    writableLength: 0,
    destroyed: false,
    socket: null,
    writeHead: () => undefined,
    flushHeaders: () => undefined,
    write: () => true,
    end(this: { writableEnded: boolean }) {
      this.writableEnded = true;
    },
  }) as unknown as ServerResponse;
}
