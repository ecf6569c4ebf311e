import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OpenFeature, ProviderEvents } from '@openfeature/server-sdk';
import { afterEach, beforeEach } from 'vitest';
import { type Edit, flag, segment } from '@flaghoist/testkit/published-environment';
import { FlaghoistProvider } from '../src/provider.ts';
import type { FlaghoistProviderOptions } from '../src/provider-options.ts';
import { KEY, NativeDoor } from './native-door.ts';

export const SILENT = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} };

function configuration(key: string, rest: object): Edit {
  return { kind: 'flag', key, json: JSON.stringify({ key, ...rest }) };
}

export const INITIAL: readonly Edit[] = [
  flag('checkout', 'off'),
  flag('for-beta', 'off', 'beta'),
  segment('beta', ['ann']),
  configuration('color', {
    type: 'string',
    enabled: true,
    variants: { warm: 'red', cold: 'blue' },
    rules: [
      {
        id: 'newcomers',
        conditions: [{ attribute: 'since', operator: 'startsWith', values: ['2026-'] }],
        serve: { variant: 'warm' },
      },
    ],
    default: { variant: 'cold' },
  }),
  configuration('limit', { type: 'number', enabled: true, variants: { low: 10 }, default: { variant: 'low' } }),
  configuration('theme', {
    type: 'object',
    enabled: true,
    variants: { plain: { dark: false, sizes: [1, 2] } },
    default: { variant: 'plain' },
  }),
  configuration('off-with', {
    type: 'boolean',
    enabled: false,
    variants: { on: true, off: false },
    offVariant: 'off',
    default: { variant: 'on' },
  }),
  configuration('off-without', { type: 'boolean', enabled: false, variants: { on: true }, default: { variant: 'on' } }),
];

let domains = 0;

/** A server, a folder and providers for each test of a file; all are closed after it. */
export class Scene {
  door!: NativeDoor;
  dataDir = '';
  readonly #cleanups: (() => Promise<unknown>)[] = [];

  static forEachTest(): Scene {
    const scene = new Scene();
    beforeEach(async () => {
      scene.door = await NativeDoor.open(INITIAL);
      scene.dataDir = await mkdtemp(join(tmpdir(), 'flaghoist-provider-test-'));
    });
    afterEach(async () => {
      await scene.closeProviders();
      await scene.door.close();
      await rm(scene.dataDir, { recursive: true, force: true });
    });
    return scene;
  }

  provider(options: Partial<FlaghoistProviderOptions> = {}): FlaghoistProvider {
    const { door, dataDir } = this;
    const made = new FlaghoistProvider({ url: door.url, key: KEY, dataDir, logger: SILENT, ...options });
    this.cleanUp(() => made.onClose());
    return made;
  }

  /** The provider under the real SDK, in a domain of its own, with everything that the SDK says written down. */
  async client(provider: FlaghoistProvider) {
    const domain = `domain-${++domains}`;
    const said: string[] = [];
    const client = OpenFeature.getClient(domain);
    for (const event of [ProviderEvents.Ready, ProviderEvents.Stale, ProviderEvents.Error] as const)
      client.addHandler(event, () => said.push(event.replace('PROVIDER_', '')));
    client.addHandler(ProviderEvents.ConfigurationChanged, (details) =>
      said.push(['CHANGED', ...(details?.flagsChanged ?? [])].join(' ')),
    );
    said.length = 0;
    const error = await OpenFeature.setProviderAndWait(domain, provider).then(
      () => null,
      (error: unknown) => error as Error,
    );
    return { client, said, error };
  }

  cleanUp(cleanup: () => Promise<unknown>): void {
    this.#cleanups.push(cleanup);
  }

  async closeProviders(): Promise<void> {
    for (const cleanup of this.#cleanups.splice(0)) await cleanup();
  }

  /** Evaluations that the server has counted. */
  counted(): number {
    return this.door.batches.flatMap(({ rows }) => rows).reduce((sum, row) => sum + row.count, 0);
  }
}
