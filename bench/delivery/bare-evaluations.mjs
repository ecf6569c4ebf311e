// @ts-check
/**
 * `bare-evaluations.mjs`: the floor of whoever has to evaluate. Takes one JSON line `{ headers, flags, bulk }` (the flags'
 * numbers in the order of their keys; without `bulk` there is one), prints its port, and from then on parses each request's
 * context, decides each flag by functions written for exactly these, and answers their texts, which were made beforehand.
 * Keys, limits and contexts are not checked, nothing is counted, and the tag is always the same.
 */
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { ageOf, COUNTRIES, domainOf, kindOf } from '../environment/flags.mjs';
import { murmur3 } from '../evaluator/hand-written.mjs';
import { endWithInput } from '../process/end-with-input.mjs';
import { flagKey } from './flag-key.mjs';

/** @typedef {{ targetingKey: string; email: string; age: number; country: string }} User */

const line = await new Promise((resolve) => createInterface({ input: process.stdin }).once('line', resolve));
endWithInput();
/** @type {{ headers: string[]; flags: number[]; bulk: boolean }} */
const { headers, flags, bulk } = JSON.parse(line);
const [start, end] = bulk ? ['{"flags":[', ']}'] : ['', ''];
const lengthAt = headers.findIndex((header) => header.toLowerCase() === 'content-length') + 1;
const functions = flags.map((number, i) => decideBy(number, i === 0 ? '' : ','));

const server = createServer((request, response) => {
  /** @type {Buffer[]} */
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const [first = Buffer.alloc(0)] = chunks;
    const user = JSON.parse((chunks.length === 1 ? first : Buffer.concat(chunks)).toString()).context;
    let body = start;
    for (const decide of functions) body += decide(user);
    body += end;
    const own = headers.slice();
    own[lengthAt] = String(body.length);
    response.writeHead(200, own);
    response.end(body, 'latin1');
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(typeof address === 'object' ? address?.port : '');
});

/**
 * @param {number} number
 * @param {string} separator
 * @returns {(user: User) => string}
 */
function decideBy(number, separator) {
  const key = flagKey(number);
  /** @type {(value: boolean, reason: string) => string} */
  const text = (value, reason) => separator + JSON.stringify({ key, value, reason, variant: value ? 'on' : 'off' });
  const kind = kindOf(number);
  if (kind === 'static') {
    const always = text(true, 'STATIC');
    return () => always;
  }
  if (kind === 'split') {
    const [on, off] = [text(true, 'SPLIT'), text(false, 'SPLIT')];
    return ({ targetingKey }) => (murmur3(key + targetingKey) < 0x80000000 ? on : off);
  }
  const [match, otherwise] = [text(true, 'TARGETING_MATCH'), text(false, 'DEFAULT')];
  const [domain, age, countries] = [domainOf(number), ageOf(number), new Set(COUNTRIES)];
  return (user) => (user.email.endsWith(domain) || user.age > age || countries.has(user.country) ? match : otherwise);
}
