// @ts-check
import { get } from 'node:http';
import { NATIVE_PATHS } from '@flaghoist/protocol/ruleset';

/**
 * A raw stream of an edge: whatever it brings is at the door, and told as it comes. Resolves once it is open.
 *
 * @param {string} url
 * @param {string} key
 * @param {(text: string) => void} hear
 * @returns {Promise<{ close: () => void }>}
 */
export function openDoor(url, key, hear) {
  const headers = { authorization: `Bearer ${key}` };
  return new Promise((resolve, reject) => {
    get(`${url}${NATIVE_PATHS.stream}`, { headers, agent: false }, (response) => {
      if (response.statusCode !== 200) {
        reject(new Error(`The stream was answered ${response.statusCode}.`));
        response.destroy();
        return;
      }
      response.setEncoding('utf8');
      response.on('error', () => {});
      response.on('data', hear);
      resolve({ close: () => void response.destroy() });
    }).on('error', reject);
  });
}
