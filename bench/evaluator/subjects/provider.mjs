// @ts-check
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FlaghoistProvider } from '@flaghoist/openfeature-server';
import { OpenFeature } from '@openfeature/server-sdk';
import { createServerKey, flagLine, History } from '../../environment/history.mjs';
import { withFolder } from '../../process/at-end.mjs';
import { toConfiguration } from '../work.mjs';
import { throughOpenFeature } from './open-feature.mjs';

/** Nothing listens on this port: the provider answers from its bootstrap file. */
const NOWHERE = 'http://127.0.0.1:9';
/** The longest there is: no exposure is sent while the clock runs. */
const FLUSH_MS = 600_000;
const silent = () => {};
const SILENT = { error: silent, warn: silent, info: silent, debug: silent };

/** @type {import('../subject.mjs').Load} */
export async function loadThroughOpenFeature(flags) {
  await withProvider(flags, (provider) => OpenFeature.setProviderAndWait(provider));
  return throughOpenFeature();
}

/** @type {import('../subject.mjs').Load} */
export async function loadDirect(flags) {
  const provider = await withProvider(flags, (provider) => provider.initialize());
  /** @param {string} key @param {import('../work.mjs').User} user */
  const evaluate = (key, user) => provider.evaluate(key, user);
  return {
    contextOf: (user) => user,
    boolean: evaluate,
    string: evaluate,
    valueOf: ({ value }) => value,
    sameBuckets: true,
    close: () => provider.onClose(),
  };
}

/**
 * A provider that knows these flags from a file. It counts exposures, as it always does.
 *
 * @param {readonly import('../work.mjs').Flag[]} flags
 * @param {(provider: FlaghoistProvider) => Promise<void>} initialize
 */
function withProvider(flags, initialize) {
  return withFolder(async (folder) => {
    const bootstrapFile = join(folder, 'bootstrap');
    await writeFile(bootstrapFile, new History().change(flags.map((flag) => flagLine(toConfiguration(flag)))));
    const provider = new FlaghoistProvider({
      url: NOWHERE,
      key: createServerKey().text,
      dataDir: false,
      bootstrapFile,
      freshWaitMs: 0,
      flushIntervalMs: FLUSH_MS,
      logger: SILENT,
    });
    await initialize(provider);
    return provider;
  });
}
