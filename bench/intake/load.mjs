// @ts-check
import { Agent, request } from 'node:http';
import { createSender } from './batches.mjs';

/**
 * Sends batches over kept connections, each with one request at a time, as so many SDKs would.
 *
 * @param {{ url: string; headers: Record<string, string>; connections: number }} target
 */
export function createLoad({ url, headers, connections }) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const senders = Array.from({ length: connections }, createSender);
  return {
    /**
     * Sends so many batches, none of which may be refused.
     *
     * @param {number} batches
     * @returns {Promise<{ ms: number; latencies: number[] }>} Milliseconds in all, and of each batch until its 202.
     */
    async send(batches) {
      let left = batches;
      /** @type {number[]} */
      const latencies = [];
      const began = performance.now();
      await Promise.all(
        senders.map(async (nextBody) => {
          while (left-- > 0) {
            const sentAt = performance.now();
            await post(agent, url, headers, nextBody());
            latencies.push(performance.now() - sentAt);
          }
        }),
      );
      return { ms: performance.now() - began, latencies };
    },
    close: () => agent.destroy(),
  };
}

/**
 * @param {Agent} agent
 * @param {string} url
 * @param {Record<string, string>} headers
 * @param {string} body
 * @returns {Promise<void>}
 */
function post(agent, url, headers, body) {
  const describing = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { agent, method: 'POST', headers: { ...headers, ...describing } }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 202) resolve();
        else reject(new Error(`A batch was answered ${response.statusCode}: ${text}`));
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
