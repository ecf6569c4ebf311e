/** Entities that are sound each for itself, and wrong together. */
import { type Edit, flag, gone, segment } from '../published-environment.ts';
import type { Poison } from './poison-kind.ts';

const LENGTHS = [2, 3, 5, 16, 17, 33, 100, 1_000];

function needing(key: string, needed: string): Edit {
  const sound = JSON.parse(flag(key, 'on').json ?? '{}') as object;
  return { kind: 'flag', key, json: JSON.stringify({ ...sound, prerequisites: [{ flag: needed, variants: ['on'] }] }) };
}

function circle(length: number, make: (key: string, next: string) => Edit): readonly Edit[] {
  return Array.from({ length }, (_, i) => make(`link-${i}`, `link-${(i + 1) % length}`));
}

const bear = (name: string, edits: readonly Edit[]): Poison => ({ name: `links: ${name}`, edits, readers: 'bear' });

export const LINK_POISON: readonly Poison[] = [
  ...LENGTHS.map((length) => bear(`${length} flags that need each other in a circle`, circle(length, needing))),
  ...[1, ...LENGTHS].map((length) =>
    bear(
      `${length} segments that name each other in a circle`,
      circle(length, (key, next) => segment(key, [], next)),
    ),
  ),
  bear('a flag that needs one that is not there', [needing('checkout', 'no-such-flag')]),
  bear('a flag whose prerequisite goes with the same change', [needing('checkout', 'flag-0'), gone('flag', 'flag-0')]),
  bear('a flag written over several lines', [
    { kind: 'flag', key: 'checkout', json: JSON.stringify(JSON.parse(flag('checkout', 'on').json ?? ''), null, 2) },
  ]),
  bear('a flag with a carriage return between its members', [
    { kind: 'flag', key: 'checkout', json: (flag('checkout', 'on').json ?? '').replace(',', ',\r') },
  ]),
  bear('a flag with half a character in its text', [
    {
      kind: 'flag',
      key: 'checkout',
      json: '{"key":"checkout","type":"string","enabled":true,"variants":{"on":"\ud800"},"default":{"variant":"on"}}',
    },
  ]),
];
