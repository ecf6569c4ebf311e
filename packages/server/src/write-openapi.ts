/** `npm run openapi`: writes openapi.json at the root of the repository, from the routes. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@flaghoist/runtime/telemetry';
import { startServer } from './start.ts';

const [target] = process.argv.slice(2);
if (target === undefined) throw new Error('name the file to write');
const data = await mkdtemp(join(tmpdir(), 'flaghoist-openapi-'));
const logger = createLogger({ level: 'error', name: 'openapi' });
const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};
const server = await startServer({
  data,
  port: 0,
  host: '127.0.0.1',
  roles: ['control', 'publisher', 'worker', 'edge'],
  databaseUrl: undefined,
  dashboard: null,
  demo: false,
  logger,
  version,
});
const response = await fetch(`${server.url}/openapi.json`);
await writeFile(target, `${JSON.stringify(await response.json(), null, 2)}\n`);
await server.stop();
await rm(data, { recursive: true });
