// @ts-check
/**
 * `application.mjs URL KEY DATA_FOLDER FLAG`: an application that starts while its server is away. Prints one JSON line:
 * the first answer, and when it was there.
 */
import { FlaghoistProvider } from '@flaghoist/openfeature-server';
import { OpenFeature } from '@openfeature/server-sdk';

const [url = '', key = '', dataDir = '', flag = ''] = process.argv.slice(2);
const silent = () => {};
const logger = { error: silent, warn: silent, info: silent, debug: silent };
const provider = new FlaghoistProvider({ url, key, dataDir, logger });
const began = process.hrtime.bigint();
await OpenFeature.setProviderAndWait(provider);
const { value, variant } = await OpenFeature.getClient().getBooleanDetails(flag, false);
const answered = process.hrtime.bigint();
console.log(JSON.stringify({ value, variant, began: String(began), answered: String(answered) }));
await OpenFeature.close();
