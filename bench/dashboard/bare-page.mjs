// @ts-check
/** The floor of a page: a node http server in a process of its own, whose documents need nothing but their bytes. */
import { fileURLToPath } from 'node:url';
import { startChild } from '../process/child.mjs';

const SERVER = fileURLToPath(new URL('./bare-server.mjs', import.meta.url));

/** @typedef {Awaited<ReturnType<typeof startBarePage>>} BarePage */

export async function startBarePage() {
  const server = startChild(SERVER);
  return { url: `http://127.0.0.1:${await server.line()}`, stop: () => server.stop() };
}
