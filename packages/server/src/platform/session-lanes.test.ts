import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type Lane, SessionLanes } from './session-lanes.ts';

/** Everybody comes while the session is taken; answers the order in which they were served. */
async function serve(comers: readonly (readonly [name: string, lane: Lane])[]): Promise<readonly string[]> {
  const lanes = new SessionLanes();
  const served: string[] = [];
  await lanes.acquire('read');
  const all = comers.map(async ([name, lane]) => {
    await lanes.acquire(lane);
    served.push(name);
    lanes.giveBack();
  });
  lanes.giveBack();
  await Promise.all(all);
  return served;
}

describe('the lanes before the session', () => {
  it('let writes ahead of reads ahead of reports, in the order of coming', async () => {
    const order = await serve([
      ['report', 'report'],
      ['read 1', 'read'],
      ['write 1', 'write'],
      ['read 2', 'read'],
      ['write 2', 'write'],
    ]);
    expect(order).toEqual(['write 1', 'write 2', 'read 1', 'read 2', 'report']);
  });

  it('let nobody wait for ever: after sixteen others, whoever waits lowest goes next', async () => {
    const writes = Array.from({ length: 60 }, (_, i) => [`write ${i}`, 'write'] as const);
    const order = await serve([['report', 'report'], ['read', 'read'], ...writes]);
    expect(order.indexOf('report')).toBe(16);
    expect(order.indexOf('read')).toBe(17);
  });

  it('give the session to one at a time', async () => {
    const lanes = new SessionLanes();
    await lanes.acquire('write');
    let isServed = false;
    const next = lanes.acquire('write').then(() => {
      isServed = true;
    });
    await turn();
    expect(isServed).toBe(false);
    lanes.giveBack();
    await next;
  });

  it('refuse the one too many with the code of a server that is full', async () => {
    const lanes = new SessionLanes();
    await lanes.acquire('read');
    const waiting = Array.from({ length: 4_096 }, () => lanes.acquire('read').catch((error: Error) => error.message));
    await expect(lanes.acquire('write')).rejects.toMatchObject({ code: '53300' });
    const closed = lanes.close(new Error('closed'));
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['closed']));
    lanes.giveBack();
    await closed;
  });

  it('close when the one who has the session gave it back, and refuse whoever comes', async () => {
    const lanes = new SessionLanes();
    await lanes.acquire('write');
    let isClosed = false;
    const closing = lanes.close(new Error('closed')).then(() => {
      isClosed = true;
    });
    await expect(lanes.acquire('write')).rejects.toThrow('closed');
    await turn();
    expect(isClosed).toBe(false);
    lanes.giveBack();
    await closing;
  });
});
