import { flag } from '@flaghoist/testkit/published-environment';
import { expect, it } from 'vitest';
import { BufferingProxy } from '../test-support/buffering-proxy.ts';
import { Scene, SILENT } from '../test-support/scene.ts';

const scene = Scene.forEachTest();

/** Two streams bring no head for five seconds each, or no answer for ten; then it polls. */
const WITHIN_MS = 60_000;

/** A provider behind a proxy of its own. */
async function behind(headsAtOnce: boolean) {
  const proxy = await BufferingProxy.open(scene.door.url, headsAtOnce);
  scene.cleanUp(() => proxy.close());
  const warnings: string[] = [];
  const logger = { ...SILENT, warn: (message: unknown) => warnings.push(String(message)) };
  const { client, said, error } = await scene.client(scene.provider({ url: proxy.url, logger }));
  expect(error).toBeNull();
  const heard = (what: string): Promise<void> =>
    expect
      .poll(() => said.includes(what), { timeout: WITHIN_MS, message: `${what}; it said ${said.join()}` })
      .toBe(true);
  return { client, said, warnings, heard };
}

it('row 24: behind proxies that buffer streams a provider polls, follows changes and is READY', {
  timeout: 2 * WITHIN_MS,
}, async () => {
  const providers = await Promise.all([behind(true), behind(false)]);
  scene.door.publish([flag('checkout', 'on')]);
  await Promise.all(
    providers.map(async ({ client, said, warnings, heard }) => {
      await heard('STALE');
      said.length = 0;
      await heard('CHANGED checkout');
      await heard('READY');
      expect(await client.getBooleanValue('checkout', false)).toBe(true);
      expect(warnings.filter((text) => text.includes('Polling instead'))).toHaveLength(1);
    }),
  );
});
