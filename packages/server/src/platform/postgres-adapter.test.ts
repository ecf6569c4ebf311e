import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createLogger } from '@flaghoist/runtime/telemetry';
import { afterEach, expect, it } from 'vitest';
import { WRITE_DEADLINE_MS } from './database.ts';
import { openPostgres } from './postgres-adapter.ts';

const sockets = new Set<Socket>();
const hung = createServer((socket) => sockets.add(socket));

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => hung.close(resolve));
});

it('opens without a database that takes connections and says nothing, when it may be away', async () => {
  await new Promise<void>((resolve) => hung.listen(0, '127.0.0.1', resolve));
  const url = `postgres://nobody@127.0.0.1:${(hung.address() as AddressInfo).port}/nothing`;
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const began = performance.now();
  const logger = createLogger({ level: 'info', name: 'test', destination });
  const database = await openPostgres(url, logger, { mayBeAway: true });
  expect(performance.now() - began).toBeLessThan(WRITE_DEADLINE_MS - 1_000);
  expect(database.description).toContain('not reached');
  expect(lines.join('\n')).toContain('it does not answer');
  for (const socket of sockets) socket.destroy();
  await database.close();
});
