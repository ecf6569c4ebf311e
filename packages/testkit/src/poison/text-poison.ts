/** Texts that are no flag, or only nearly one. */
import { flag } from '../published-environment.ts';
import type { Poison } from './poison-kind.ts';

const SOUND = flag('checkout', 'on').json ?? '';
const inside = (members: string) => `${SOUND.slice(0, -1)},${members}}`;

const TEXTS: { readonly [name: string]: () => string } = {
  'one space': () => ' ',
  null: () => 'null',
  'a list': () => '[]',
  'a string': () => '"checkout"',
  'a number that is none': () => '1e999',
  'an object without members': () => '{}',
  'an object that does not end': () => SOUND.slice(0, -1),
  'an object cut in a string': () => SOUND.slice(0, 12),
  'a byte order mark before it': () => `\ufeff${SOUND}`,
  'something after it': () => `${SOUND}x`,
  'two objects': () => `${SOUND}${SOUND}`,
  'a comma too many': () => `${SOUND.slice(0, -1)},}`,
  'single quotes': () => SOUND.replaceAll('"', "'"),
  'a comment': () => `/* x */${SOUND}`,
  NaN: () => inside('"weight":NaN'),
  Infinity: () => inside('"weight":Infinity'),
  'a NUL in a string': () => SOUND.replace('checkout', 'check\u0000out'),
  'a control character between': () => `${SOUND}\u0001`,
  'an unknown member': () => inside('"rolllout":{}'),
  'a member __proto__': () => inside('"__proto__":{"enabled":true}'),
  'a member constructor': () => inside('"constructor":{"prototype":{}}'),
  'a member toString': () => inside('"toString":null'),
  'its key twice, the second one another': () => inside('"key":"search"'),
  'its variants twice, the second ones none': () => inside('"variants":{}'),
  'an empty member name': () => inside('"":1'),
  'a member whose name is a megabyte long': () => inside(`"${'x'.repeat(1 << 20)}":1`),
  'a member whose value is a megabyte long': () => inside(`"x":"${'x'.repeat(1 << 20)}"`),
  '20,000 unknown members': () => inside(Array.from({ length: 20_000 }, (_, i) => `"m${i}":0`).join(',')),
  'a list of 500,000 numbers': () => `[${'0,'.repeat(499_999)}0]`,
  'lists 100,000 deep': () => `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
  'lists 2,000,000 deep': () => `${'['.repeat(2_000_000)}${']'.repeat(2_000_000)}`,
  'objects 100,000 deep': () => `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`,
  'lists 1,000,000 deep, never closed': () => '['.repeat(1_000_000),
  'more text than any entity has': () => ' '.repeat(16_777_217),
};

export const TEXT_POISON: readonly Poison[] = Object.entries(TEXTS).map(([name, make]) => ({
  name: `text: ${name}`,
  edits: [{ kind: 'flag', key: 'checkout', json: make() }],
  readers: 'refuse',
}));
