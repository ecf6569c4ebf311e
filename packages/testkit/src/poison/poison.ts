/**
 * Poison: rulesets that must never be served, each with the right hashes and roots for what it holds, as if whoever
 * validates had let it pass. They are made for the environment of `healthy`.
 */
import type { Block } from '@flaghoist/protocol/ruleset';
import { flag, PublishedEnvironment, segment } from '../published-environment.ts';
import { BLOCK_POISON } from './block-poison.ts';
import { CHUNK, FLAG_POISON } from './flag-poison.ts';
import type { Poison } from './poison-kind.ts';
import { LINK_POISON } from './link-poison.ts';
import { SEGMENT_POISON } from './segment-poison.ts';
import { TEXT_POISON } from './text-poison.ts';
import { TYPE_POISON } from './type-poison.ts';

/** Eleven flags, a segment and a chunk. */
export function healthy(): PublishedEnvironment {
  const environment = new PublishedEnvironment();
  const others = Array.from({ length: 9 }, (_, i) => flag(`flag-${i}`, i % 2 === 0 ? 'on' : 'off'));
  environment.publish([
    flag('checkout', 'off', 'beta'),
    flag('search', 'on'),
    segment('beta', ['ann']),
    CHUNK,
    ...others,
  ]);
  return environment;
}

/** Whom to ask what: `checkout` and `search` are what most poison is aimed at. */
export const QUESTIONS = ['checkout', 'search', 'flag-0', 'flag-7', 'no-such-flag'].flatMap((key) =>
  ['ann', 'bob'].map((targetingKey) => ({ key, context: { targetingKey } })),
);

export const POISON: readonly Poison[] = [
  ...TYPE_POISON,
  ...TEXT_POISON,
  ...FLAG_POISON,
  ...SEGMENT_POISON,
  ...LINK_POISON,
  ...BLOCK_POISON,
];

/** The block that the poison is, as the next revision of a healthy environment. */
export function poisonedBlock({ edits, spoil = (block) => block }: Poison, environment: PublishedEnvironment): Block {
  return spoil(environment.publish(edits));
}
