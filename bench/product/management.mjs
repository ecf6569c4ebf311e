// @ts-check
/** The management API over one kept connection, with the moments of each exchange. */
import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { progress } from '../measure/progress.mjs';

const DEADLINE_MS = 15_000;
const PUBLISHED_WITHIN_MS = 120_000;

/**
 * @typedef {object} Exchange
 * @property {any} body The answer's JSON.
 * @property {string} etag Empty when there is none.
 * @property {number} sentAt `performance.now()` when the request was sent.
 * @property {number} answeredAt The same when the head of the answer, a 2xx, had arrived.
 *
 * @typedef {object} Management
 * @property {(path: string, body: unknown) => Promise<Exchange>} post
 * @property {(path: string, body: unknown, etag: string) => Promise<Exchange>} patch
 * @property {(path: string) => Promise<Exchange>} get
 * @property {() => Management} beside The same over a connection of its own.
 * @property {() => void} close
 */

/**
 * Completes the setup of a fresh server and speaks as its admin from then on. Whatever is not answered 2xx rejects.
 *
 * @param {{ url: string; setup: string }} server
 * @returns {Promise<Management>}
 */
export async function manage({ url, setup }) {
  const first = connect(url, '');
  const token = await first.post('/setup', { setup, name: 'bench' });
  first.close();
  return connect(url, `Bearer ${token.body.secret}`);
}

/**
 * @param {string} url
 * @param {string} authorization
 * @returns {Management}
 */
function connect(url, authorization) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  /** @type {(method: string, path: string, body?: unknown, etag?: string) => Promise<Exchange>} */
  const exchange = (method, path, body, etag) =>
    send(agent, method, `${url}/api/v1${path}`, body, {
      ...(authorization === '' ? {} : { authorization }),
      ...(method === 'GET' ? {} : { 'idempotency-key': randomUUID() }),
      ...(etag === undefined ? {} : { 'if-match': etag }),
    });
  return {
    post: (path, body) => exchange('POST', path, body),
    patch: (path, body, etag) => exchange('PATCH', path, body, etag),
    get: (path) => exchange('GET', path),
    beside: () => connect(url, authorization),
    close: () => agent.destroy(),
  };
}

/** What the publisher still has to do would be measured with what people wait for. @param {Management} management */
export async function untilPublished(management) {
  progress('waiting until all of it is published');
  for (const until = performance.now() + PUBLISHED_WITHIN_MS; ; ) {
    const { body } = await management.get('/status');
    if (body.environments.every((/** @type {any} */ one) => one.edge === one.revision)) return;
    if (performance.now() > until) throw new Error('Not everything was published in time.');
    await sleep(200);
  }
}

/**
 * @param {Agent} agent
 * @param {string} method
 * @param {string} url
 * @param {unknown} body
 * @param {Record<string, string>} headers
 * @returns {Promise<Exchange>}
 */
function send(agent, method, url, body, headers) {
  const text = body === undefined ? '' : JSON.stringify(body);
  const describing =
    text === '' ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { agent, method, headers: { ...headers, ...describing }, timeout: DEADLINE_MS });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`${method} ${url}: no answer within ${DEADLINE_MS} ms`)));
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      const answeredAt = performance.now();
      /** @type {Buffer[]} */
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const answer = Buffer.concat(chunks).toString();
        const { statusCode = 0, headers: received } = response;
        if (statusCode < 200 || statusCode > 299)
          reject(new Error(`${method} ${url}: status ${statusCode}\n${answer}`));
        else resolve({ body: JSON.parse(answer), etag: received.etag ?? '', sentAt, answeredAt });
      });
    });
    const sentAt = performance.now();
    outgoing.end(text);
  });
}
