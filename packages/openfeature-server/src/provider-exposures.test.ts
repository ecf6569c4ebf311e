import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { Scene } from '../test-support/scene.ts';
import { until } from '../test-support/until.ts';
import { SDK } from './session.ts';

const scene = Scene.forEachTest();

describe('exposures', () => {
  it('arrive counted, in batches numbered without gaps, with what was really served', async () => {
    const { client: flags } = await scene.client(scene.provider({ flushIntervalMs: 50 }));
    for (let i = 0; i < 3; i++) await flags.getBooleanValue('checkout', true);
    await flags.getStringValue('limit', 'x');
    await flags.getBooleanValue('unknown', true);
    await flags.getBooleanValue('off-without', true);
    await until('a batch', () => scene.counted() === 6);
    await flags.getStringValue('color', 'x', { since: '2026-01-01' });
    await until('another batch', () => scene.counted() === 7);
    const rows = scene.door.batches.flatMap((batch) => batch.rows);
    expect(rows).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ flag: 'limit', reason: 'ERROR', revision: 1, count: 1 }),
        expect.objectContaining({ flag: 'unknown', reason: 'ERROR', revision: 1, count: 1 }),
        expect.objectContaining({ flag: 'off-without', reason: 'DISABLED', revision: 1, count: 1 }),
        expect.objectContaining({
          flag: 'color',
          variant: 'warm',
          reason: 'TARGETING_MATCH',
          rule: 'newcomers',
          revision: 1,
          count: 1,
        }),
      ]),
    );
    const checkout = rows.filter((row) => row.flag === 'checkout' && row.variant === 'off');
    expect(checkout.reduce((sum, row) => sum + row.count, 0)).toBe(3);
    expect(scene.door.batches.map(({ sequence }) => sequence)).toEqual(scene.door.batches.map((_, i) => i + 1));
    expect(new Set(scene.door.batches.map(({ instance }) => instance)).size).toBe(1);
    expect(scene.door.batches.every(({ dropped, sdk }) => dropped === 0 && sdk === SDK)).toBe(true);
  });

  it('are sent again unchanged when the server fails, so that nothing is lost or counted twice', async () => {
    scene.door.exposureAnswers.push({ status: 500 }, { status: 503 });
    const { client: flags } = await scene.client(scene.provider({ flushIntervalMs: 50 }));
    await flags.getBooleanValue('checkout', true);
    await until('the batch', () => scene.counted() === 1);
    expect(scene.door.batches.map(({ sequence }) => sequence)).toEqual([1]);
    expect(scene.door.requests.filter((line) => line.startsWith('POST /native/v1/exposures'))).toHaveLength(3);
  });

  it('are flushed when the provider is closed', async () => {
    const made = scene.provider({ flushIntervalMs: 60_000 });
    await scene.client(made);
    made.evaluate('checkout');
    made.evaluate('for-beta', { targetingKey: 'ann' });
    await made.onClose();
    expect(scene.counted()).toBe(2);
    expect(scene.door.streams).toBe(0);
  });

  it('do not keep close waiting for a server that hangs', async () => {
    const made = scene.provider({ flushIntervalMs: 60_000 });
    await scene.client(made);
    made.evaluate('checkout');
    scene.door.hang = true;
    const began = performance.now();
    await made.onClose();
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it('name the version of this package', async () => {
    const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect(SDK).toBe(`openfeature-server/${version}`);
  });
});

describe('direct evaluation', () => {
  it('gives the evaluator’s own answer and is counted', async () => {
    const made = scene.provider({ flushIntervalMs: 50 });
    await scene.client(made);
    expect(made.evaluate('for-beta', { targetingKey: 'ann' })).toMatchObject({
      value: true,
      variant: 'on',
      reason: 'TARGETING_MATCH',
      rule: 'audience',
    });
    await until('the exposure', () => scene.counted() === 1);
  });

  it('says that nothing is ready before initialization and after close', async () => {
    const made = scene.provider();
    const notReady = { reason: 'ERROR', errorCode: 'GENERAL', errorMessage: expect.stringContaining('no ruleset') };
    expect(made.evaluate('checkout')).toMatchObject(notReady);
    await scene.client(made);
    expect(made.evaluate('checkout')).toMatchObject({ value: false });
    await made.onClose();
    expect(made.evaluate('checkout')).toMatchObject(notReady);
  });

  it('works again when the provider is initialized again', async () => {
    const made = scene.provider();
    await made.initialize();
    await made.onClose();
    await made.initialize();
    expect(made.evaluate('checkout')).toMatchObject({ value: false });
  });
});
