import { ErrorCode, ProviderStatus } from '@openfeature/server-sdk';
import { describe, expect, it } from 'vitest';
import { type Edit, flag, gone, PublishedEnvironment, segment } from '@flaghoist/testkit/published-environment';
import { NativeDoor, OWN_RULESET } from '../test-support/native-door.ts';
import { INITIAL, Scene, SILENT } from '../test-support/scene.ts';
import { until } from '../test-support/until.ts';

const scene = Scene.forEachTest();

/** A flag that is on for those for whom the condition holds. */
function onFor(key: string, condition: object): Edit {
  const rules = [{ id: 'audience', conditions: [condition], serve: { variant: 'on' } }];
  const configuration = { key, type: 'boolean', enabled: true, variants: { on: true, off: false }, rules };
  return { kind: 'flag', key, json: JSON.stringify({ ...configuration, default: { variant: 'off' } }) };
}

describe('the provider under the OpenFeature SDK', () => {
  it('is ready with a ruleset and answers all four types with variant, reason and where the answer is from', async () => {
    const { client: flags, said } = await scene.client(scene.provider());
    expect(said).toEqual(['READY']);
    expect(await flags.getBooleanDetails('checkout', true)).toEqual({
      flagKey: 'checkout',
      value: false,
      variant: 'off',
      reason: 'STATIC',
      flagMetadata: { epoch: 1, revision: 1 },
    });
    const context = { targetingKey: 'ann', since: new Date('2026-03-01T00:00:00Z') };
    expect(await flags.getStringDetails('color', 'green', context)).toMatchObject({
      value: 'red',
      variant: 'warm',
      reason: 'TARGETING_MATCH',
      flagMetadata: { rule: 'newcomers' },
    });
    expect(await flags.getBooleanValue('for-beta', false, context)).toBe(true);
    expect(await flags.getNumberValue('limit', 0)).toBe(10);
    expect(await flags.getObjectValue('theme', {})).toEqual({ dark: false, sizes: [1, 2] });
  });

  it('serves the off variant of a flag that is off, or the default where there is none, with reason DISABLED', async () => {
    const { client: flags } = await scene.client(scene.provider());
    expect(await flags.getBooleanDetails('off-with', true)).toMatchObject({ value: false, reason: 'DISABLED' });
    const without = await flags.getBooleanDetails('off-without', false);
    expect(without).toMatchObject({ value: false, reason: 'DISABLED' });
    expect(without).not.toHaveProperty('variant');
  });

  it('answers the default with an error code when a flag is unknown or of another type', async () => {
    const { client: flags } = await scene.client(scene.provider());
    expect(await flags.getBooleanDetails('unknown', true)).toMatchObject({
      value: true,
      reason: 'ERROR',
      errorCode: ErrorCode.FLAG_NOT_FOUND,
    });
    const wrong = [
      await flags.getBooleanDetails('color', true),
      await flags.getStringDetails('limit', 'x'),
      await flags.getNumberDetails('checkout', 1),
      await flags.getObjectDetails('checkout', { a: 1 }),
    ];
    expect(wrong.map(({ value, errorCode }) => [value, errorCode])).toEqual([
      [true, ErrorCode.TYPE_MISMATCH],
      ['x', ErrorCode.TYPE_MISMATCH],
      [1, ErrorCode.TYPE_MISMATCH],
      [{ a: 1 }, ErrorCode.TYPE_MISMATCH],
    ]);
  });

  it('returns object values frozen, so that no caller changes them for the others', async () => {
    const { client: flags } = await scene.client(scene.provider());
    const value = await flags.getObjectValue<{ sizes: number[] }>('theme', { sizes: [] });
    expect(Object.isFrozen(value) && Object.isFrozen(value.sizes)).toBe(true);
  });

  it('sees a change, says which flags it touches, and answers from it', async () => {
    const { client: flags, said } = await scene.client(scene.provider());
    await until('a stream', () => scene.door.streams === 1);
    scene.door.publish([flag('checkout', 'on'), segment('beta', ['ann', 'bob']), gone('flag', 'limit')]);
    await until('the change', () => said.length === 2);
    expect(said).toEqual(['READY', 'CHANGED checkout for-beta limit']);
    expect(await flags.getBooleanDetails('checkout', false)).toMatchObject({
      value: true,
      flagMetadata: { revision: 2 },
    });
  });

  it('has a token of its ruleset, and says when it is as new as somebody else’s', async () => {
    const provider = scene.provider();
    expect([provider.token, await provider.atLeast('1.1')]).toEqual([null, false]);
    await scene.client(provider);
    await until('a stream', () => scene.door.streams === 1);
    const environment = provider.token?.split(':')[0] ?? '';
    expect(provider.token).toBe(`${environment}:1.1`);
    expect(await provider.atLeast('1.1', { waitMs: 0 })).toBe(true);
    expect(await provider.atLeast(`${environment}:1.2`, { waitMs: 10 })).toBe(false);
    expect(await provider.atLeast('elsewhere:1.1', { waitMs: 10 })).toBe(false);
    const coming = provider.atLeast(`${environment}:1.3`, { waitMs: 5_000 });
    // Of a segment that no flag uses: nothing that evaluates changes, the ruleset does.
    scene.door.publish([segment('unused', ['ann'])]);
    scene.door.publish([flag('checkout', 'on')]);
    expect(await coming).toBe(true);
    expect(provider.token).toBe(`${environment}:1.3`);
    await expect(provider.atLeast('yesterday')).rejects.toThrow('A token is environment:epoch.revision');
  });

  it('is stale while the server is away, answers on, says so in the metadata, and is ready again', async () => {
    const { client: flags, said } = await scene.client(scene.provider());
    await until('a stream', () => scene.door.streams === 1);
    await scene.door.close();
    await until('STALE', () => said.includes('STALE'));
    expect(flags.providerStatus).toBe(ProviderStatus.STALE);
    expect(await flags.getBooleanDetails('checkout', true)).toMatchObject({
      value: false,
      reason: 'STATIC',
      flagMetadata: { stale: true },
    });
    scene.door.environment.publish([flag('checkout', 'on')]);
    await scene.door.reopen();
    await until('READY', () => said.at(-1) === 'READY');
    expect(said).toEqual(['READY', 'STALE', 'CHANGED checkout', 'READY']);
    expect(flags.providerStatus).toBe(ProviderStatus.READY);
    expect((await flags.getBooleanDetails('checkout', false)).flagMetadata).toEqual({ epoch: 1, revision: 2 });
  });

  it('says nothing when a stream breaks and is back in time', async () => {
    const { said } = await scene.client(scene.provider({ staleAfterMs: 60_000 }));
    await until('a stream', () => scene.door.streams === 1);
    scene.door.cut();
    await until('another stream', () => scene.door.requests.filter((line) => line.includes('/stream')).length === 2);
    scene.door.publish([flag('checkout', 'on')]);
    await until('the change', () => said.length > 1);
    expect(said).toEqual(['READY', 'CHANGED checkout']);
  });

  it('keeps its ruleset in a split brain and reports it to the log', async () => {
    const errors: unknown[] = [];
    const logger = { ...SILENT, error: (message: unknown) => errors.push(message) };
    const { client: flags, said } = await scene.client(scene.provider({ logger }));
    await until('a stream', () => scene.door.streams === 1);
    scene.door.environment = new PublishedEnvironment();
    scene.door.environment.publish([flag('checkout', 'on')]);
    scene.door.beat();
    await until('the report', () => errors.length > 0);
    await until('STALE', () => said.includes('STALE'));
    expect(String(errors[0])).toContain('another ruleset at 1.1');
    expect(await flags.getBooleanValue('checkout', true)).toBe(false);
  });

  it('runs regular expressions, and reads the clock and random numbers where a rule asks for them', async () => {
    const audiences = {
      matching: { attribute: 'mail', operator: 'matches', values: ['@example\\.com$'] },
      early: { attribute: '$now', operator: 'before', values: ['2026-11-22T00:00:00Z'] },
      tails: { bucket: { algorithm: 'murmur3/1', salt: 'coin', attribute: '$random' }, of: 2, from: 1, to: 2 },
    };
    scene.door.publish(Object.entries(audiences).map(([key, condition]) => onFor(key, condition)));
    const now = Date.parse('2026-11-21T23:59:59Z');
    const provider = scene.provider({ moment: () => ({ now, random: 'always this' }) });
    const { client: flags } = await scene.client(provider);
    expect(await flags.getBooleanValue('matching', false, { mail: 'ann@example.com' })).toBe(true);
    expect(await flags.getBooleanValue('matching', true, { mail: 'ann@example.org' })).toBe(false);
    expect(await flags.getBooleanValue('early', false)).toBe(true);
    expect(provider.evaluate('early').value).toBe(true);
    const tails = await flags.getBooleanValue('tails', false);
    for (let i = 0; i < 8; i++) expect(provider.evaluate('tails').value).toBe(tails);
  });

  it('has a clock and random numbers of its own', async () => {
    scene.door.publish([
      onFor('late', { attribute: '$now', operator: 'after', values: ['2026-01-01T00:00:00Z'] }),
      onFor('tails', { bucket: { algorithm: 'murmur3/1', salt: 'coin', attribute: '$random' }, of: 2, from: 1, to: 2 }),
    ]);
    const provider = scene.provider();
    await scene.client(provider);
    expect(provider.evaluate('late').value).toBe(true);
    // One side a hundred times in a row: once in 2^99 runs.
    const sides = Array.from({ length: 100 }, () => provider.evaluate('tails').value);
    expect(new Set(sides).size).toBe(2);
  });

  it('follows a server under a path prefix', async () => {
    const prefixed = await NativeDoor.open(INITIAL, '/teams/flags');
    scene.cleanUp(() => prefixed.close());
    const { client: flags } = await scene.client(scene.provider({ url: `${prefixed.url}/`, dataDir: false }));
    expect(await flags.getNumberValue('limit', 0)).toBe(10);
    expect(prefixed.requests[0]).toBe(`GET /teams/flags${OWN_RULESET}`);
  });
});
