/** Segments and chunks that are wrong, or lie about each other. */
import { createHash } from 'node:crypto';
import { type Edit, gone, segment } from '../published-environment.ts';
import { CHUNK } from './flag-poison.ts';
import type { Poison } from './poison-kind.ts';

const hash = (text: string) => createHash('sha256').update(text).digest('base64url');
const chunk = (json: string): Edit => ({ kind: 'chunk', key: hash(json), json });
const hashes = (text: string): Edit => chunk(JSON.stringify({ hashes: text }));
const beta = (members: object): Edit => ({
  kind: 'segment',
  key: 'beta',
  json: JSON.stringify({ key: 'beta', ...members }),
});
const chunked = (bits: number, chunks: readonly unknown[]) => beta({ includedChunks: { bits, chunks } });
const LOW = '0000000000000001';
const HIGH = 'f000000000000001';

const CASES: { readonly [name: string]: readonly Edit[] } = {
  'a segment with another key': [{ kind: 'segment', key: 'beta', json: segment('alpha', []).json }],
  'a segment with an unknown member': [beta({ members: [] })],
  'a segment with a member __proto__': [{ kind: 'segment', key: 'beta', json: '{"key":"beta","__proto__":{}}' }],
  'a segment that is no JSON': [{ kind: 'segment', key: 'beta', json: '{' }],
  'a segment of 100,001 keys': [
    segment(
      'beta',
      Array.from({ length: 100_001 }, (_, i) => `k${i}`),
    ),
  ],
  'a segment with a key of a megabyte': [segment('beta', ['x'.repeat(1 << 20)])],
  'a segment with an empty key': [segment('beta', [''])],
  'a segment of groups 1,000 deep': [
    {
      kind: 'segment',
      key: 'beta',
      json: `{"key":"beta","conditions":[${'{"group":"all","conditions":['.repeat(1_000)}${']}'.repeat(1_000)}]}`,
    },
  ],
  'a segment of a chunk that is not there': [chunked(0, [hash('elsewhere')])],
  'a segment of a chunk that is no key': [chunked(0, ['x'])],
  'a segment of two chunks for one bit less': [chunked(0, [CHUNK.key, CHUNK.key])],
  'a segment of one chunk for two places': [chunked(1, [CHUNK.key])],
  'a segment of -1 bits': [chunked(-1, [])],
  'a segment of 13 bits': [
    chunked(
      13,
      Array.from({ length: 8_192 }, () => null),
    ),
  ],
  'a segment of half a bit': [chunked(0.5, [null])],
  'a segment of 31 bits and no chunks': [chunked(31, [])],
  'a segment whose chunk goes with it': [chunked(0, [CHUNK.key]), gone('chunk', CHUNK.key)],
  'a chunk that is named after another': [{ ...CHUNK, key: hash('other') }],
  'a chunk that is named by a person': [{ ...CHUNK, key: 'my-chunk' }],
  'a chunk without hashes': [chunk('{}')],
  'a chunk that is a list': [chunk('[]')],
  'a chunk that is no JSON': [chunk('{"hashes":"')],
  'a chunk with an unknown member': [chunk(`{"hashes":"${LOW}","bits":1}`)],
  'a chunk of a number': [chunk('{"hashes":1}')],
  'a chunk of half a hash': [hashes(LOW.slice(1))],
  'a chunk of capital letters': [hashes(HIGH.toUpperCase())],
  'a chunk of other letters': [hashes('zzzzzzzzzzzzzzzz')],
  'a chunk in no order': [hashes(`${HIGH}${LOW}`)],
  'a chunk with a hash twice': [hashes(`${LOW}${LOW}`)],
  'a chunk of 32,769 hashes': [
    hashes(Array.from({ length: 32_769 }, (_, i) => i.toString(16).padStart(16, '0')).join('')),
  ],
  'an entity of an unknown kind': [{ kind: 'holdout' as 'flag', key: 'h', json: '{}' }],
  'an entity of the kind __proto__': [{ kind: '__proto__' as 'flag', key: 'h', json: '{}' }],
};

export const SEGMENT_POISON: readonly Poison[] = Object.entries(CASES).map(([name, edits]) => ({
  name: `segment: ${name}`,
  edits,
  readers: 'refuse',
}));
