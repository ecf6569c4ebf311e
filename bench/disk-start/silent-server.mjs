// @ts-check
import { createServer } from 'node:net';

/**
 * A server that has hung: it takes connections and never says a word. Resolves with what ends it.
 *
 * @param {number} port
 * @returns {Promise<() => Promise<void>>}
 */
export async function listenSilently(port) {
  /** @type {Set<import('node:net').Socket>} */
  const sockets = new Set();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(null));
  });
  return async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(() => resolve(null)));
  };
}
