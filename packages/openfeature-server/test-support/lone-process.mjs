// Evaluates once and has nothing else to do: that it ends by itself is what the test looks at.
import { OpenFeature } from '@openfeature/server-sdk';
import { FlaghoistProvider } from '../dist/index.js';

const [url, key, dataDir, mode] = process.argv.slice(2);
const logger = { error() {}, warn() {}, info() {}, debug() {} };
try {
  await OpenFeature.setProviderAndWait(new FlaghoistProvider({ url, key, dataDir, logger, initTimeoutMs: 300 }));
} catch (error) {
  console.log(error.code);
}
console.log(await OpenFeature.getClient().getBooleanValue('checkout', true));
if (mode === '--kill') process.kill(process.pid, 'SIGKILL');
