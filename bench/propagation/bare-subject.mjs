// @ts-check
import { Agent, get, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { startChild } from '../process/child.mjs';
import { createSightings } from './sightings.mjs';

const SCRIPT = fileURLToPath(new URL('./bare-server.mjs', import.meta.url));

/**
 * The floor: the bare server, a raw writer and a raw stream.
 *
 * @param {'embedded' | 'postgres'} kind
 * @param {string} where A folder that does not exist yet, or the address of an empty database.
 * @returns {Promise<import('./rounds.mjs').Subject>}
 */
export async function startBareSubject(kind, where) {
  const child = startChild(SCRIPT, [kind, where]);
  const origin = `http://127.0.0.1:${await child.line()}`;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const sightings = createSightings();
  const stream = await openStream(origin, (value) => sightings.saw(value));
  return {
    async change(number) {
      const [seenAt, { sentAt, answeredAt }] = await Promise.all([
        sightings.of(String(number)),
        write(agent, `${origin}/${number}`),
      ]);
      return { sentAt, answeredAt, atDoorAt: seenAt, seenAt };
    },
    async stop() {
      stream.destroy();
      agent.destroy();
      await child.stop();
    },
  };
}

/**
 * @param {string} url
 * @param {(value: string) => void} onValue
 * @returns {Promise<import('node:http').IncomingMessage>}
 */
function openStream(url, onValue) {
  return new Promise((resolve, reject) => {
    get(url, { agent: false }, (response) => {
      response.setEncoding('utf8');
      response.on('error', () => {});
      let text = '';
      response.on('data', (chunk) => {
        const events = `${text}${chunk}`.split('\n\n');
        text = events.pop() ?? '';
        for (const event of events) onValue(event.slice('data: '.length));
      });
      resolve(response);
    }).on('error', reject);
  });
}

/**
 * @param {Agent} agent
 * @param {string} url
 * @returns {Promise<{ sentAt: number; answeredAt: number }>}
 */
function write(agent, url) {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { agent, method: 'POST', headers: { 'content-length': 0 } }, (response) => {
      const answeredAt = performance.now();
      response.resume();
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 204) resolve({ sentAt, answeredAt });
        else reject(new Error(`POST ${url}: status ${response.statusCode}`));
      });
    });
    outgoing.on('error', reject);
    const sentAt = performance.now();
    outgoing.end();
  });
}
