// @ts-check
/** What is asked of an edge's doors: whole requests, as texts for the wire and over Node's own client. */
import { request } from 'node:http';

export const OFREP = '/ofrep/v1/evaluate/flags';
const ORIGIN = 'https://shop.example';

/** @typedef {{ method: string; path: string; headers: Record<string, string>; body: string }} Asked */

/** Each connection is somebody else's. */
export const USERS = Array.from({ length: 64 }, (_, user) => user);

/** About 280 bytes, as in docs. @param {number} user */
function contextOf(user) {
  return JSON.stringify({
    context: {
      targetingKey: `user-${100_000 + user}-6e1f`,
      email: `somebody-${100 + user}@mail.example`,
      country: 'DE',
      age: 20 + (user % 50),
      plan: 'enterprise',
      appVersion: '4.18.2',
      language: 'de-DE',
      device: { model: 'iPhone 14', os: 'iOS 19.1' },
      session: '9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d',
    },
  });
}

/**
 * What a page asks with a client key: the most that is checked and counted.
 *
 * @param {string} key
 * @param {string} path
 * @param {Record<string, string>} [more] Headers.
 * @returns {(user: number) => Asked}
 */
export function askAs(key, path, more = {}) {
  const headers = { authorization: `Bearer ${key}`, origin: ORIGIN, 'content-type': 'application/json', ...more };
  return (user) => ({ method: 'POST', path, headers, body: contextOf(user) });
}

/** @param {Asked} asked */
export function formatRequest({ method, path, headers, body }) {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const length = method === 'GET' ? '' : `content-length: ${Buffer.byteLength(body)}\r\n`;
  return `${method} ${path} HTTP/1.1\r\nhost: flags.example\r\n${lines.join('')}${length}\r\n${body}`;
}

/** Node adds these by itself, to the floor's answers too. */
const ADDED = new Set(['date', 'connection', 'keep-alive']);

/**
 * @param {string} url
 * @param {Asked} asked
 * @returns {Promise<{ status: number; headers: string[]; body: string; tag: string }>} `body` in base64.
 */
export function exchange(url, { method, path, headers, body }) {
  return new Promise((resolve, reject) => {
    const outgoing = request(`${url}${path}`, { method, headers }, (answer) => {
      /** @type {Buffer[]} */
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        const { rawHeaders, statusCode: status = 0 } = answer;
        const kept = rawHeaders.filter((_, i) => !ADDED.has((rawHeaders[i - (i % 2)] ?? '').toLowerCase()));
        resolve({
          status,
          headers: kept,
          body: Buffer.concat(chunks).toString('base64'),
          tag: answer.headers.etag ?? '',
        });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
