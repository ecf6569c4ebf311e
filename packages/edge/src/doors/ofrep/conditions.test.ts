import type { Condition } from '@flaghoist/evaluator';
import { afterEach, describe, expect, it } from 'vitest';
import { EdgeServer } from '../../../test-support/edge-server.ts';
import { flag, History, mintKey } from '../../../test-support/history.ts';

const server = mintKey('server');

/** Off for those for whom the condition holds. */
function off(key: string, condition: Condition) {
  return flag(key, { rules: [{ id: 'off', conditions: [condition], serve: { variant: 'off' } }] });
}

const FLAGS = [
  off('matching', { attribute: 'mail', operator: 'matches', values: ['@EXAMPLE\\.(com|org)$'], ignoreCase: true }),
  off('after', { attribute: '$now', operator: 'after', values: ['2026-11-22T00:00:00Z'] }),
  off('tails', { bucket: { algorithm: 'murmur3/1', salt: 'coin', attribute: '$random' }, of: 2, from: 1, to: 2 }),
];

let edge: EdgeServer;

async function start(options: Parameters<typeof EdgeServer.create>[0]): Promise<void> {
  edge = await EdgeServer.create(options);
  const history = new History('env-1');
  history.change(...FLAGS, server.line());
  history.publishCheckpoint(edge.log);
  await edge.edge.start();
}

afterEach(() => edge.close());

async function values(context: object): Promise<unknown> {
  const { json } = await edge.ask('POST', '/ofrep/v1/evaluate/flags', { key: server.text, body: { context } });
  const flags = json.flags as readonly { readonly key: string; readonly value: unknown }[];
  return Object.fromEntries(flags.map(({ key, value }) => [key, value]));
}

async function value(key: string, context: object): Promise<unknown> {
  const { json } = await edge.ask('POST', `/ofrep/v1/evaluate/flags/${key}`, { key: server.text, body: { context } });
  return json.value;
}

describe('the conditions of a flag at the OFREP door', () => {
  it('may be regular expressions', async () => {
    await start({});
    expect(await value('matching', { mail: 'ann@example.ORG' })).toBe(false);
    expect(await value('matching', { mail: 'ann@example.net' })).toBe(true);
  });

  it('read the clock and the random numbers of the edge, whatever the context says', async () => {
    let now = Date.parse('2026-11-22T00:00:00Z');
    const tosses = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8];
    await start({ now: () => now, random: () => tosses[0] ?? 0 });
    const context = { mail: '', $now: Date.parse('2030-01-01T00:00:00Z'), $random: 'x' };
    expect(await values(context)).toMatchObject({ after: true });
    now += 1;
    expect(await values(context)).toMatchObject({ after: false });
    expect(await value('after', context)).toBe(false);
    const sides = new Set<unknown>();
    for (; tosses.length > 0; tosses.shift()) sides.add(await value('tails', context));
    expect(sides).toEqual(new Set([true, false]));
  });

  it('read a moment that is handed in', async () => {
    await start({ moment: () => ({ now: Date.parse('2027-01-01T00:00:00Z'), random: 'always this' }) });
    const first = await values({ targetingKey: 'ann' });
    expect(first).toMatchObject({ after: false });
    for (let i = 0; i < 8; i++) expect(await values({ targetingKey: 'ann' })).toEqual(first);
  });
});
