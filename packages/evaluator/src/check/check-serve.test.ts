import { describe, expect, it } from 'vitest';
import {
  CONTRACT,
  findings,
  flagWith,
  type Json,
  SHARE,
  withRollout,
  withRule,
} from '../../test-support/flag-documents.ts';
import { type Bad, describeRefusals } from '../../test-support/refusals.ts';
import { checkFlag } from './check-flag.ts';

const B = '$.default.rollout.bucketing';
const W = '$.default.rollout.variants';

const bad: readonly Bad[] = [
  ['a default that is a text', flagWith({ default: 'a' }), '$.default not_an_object'],
  ['a default of an unknown variant', flagWith({ default: { variant: 'c' } }), '$.default.variant unknown_variant'],
  ['a default that serves nothing', flagWith({ default: {} }), '$.default bad_serve'],
  ['a default that serves two things', flagWith({ default: { variant: 'a', rollout: {} } }), '$.default bad_serve'],
  [
    'a serve with an unknown member',
    flagWith({ default: { variant: 'a', weight: 1 } }),
    '$.default.weight unknown_member',
  ],
  [
    'a rule that serves an unknown variant',
    withRule({ serve: { variant: 'c' } }),
    '$.rules[0].serve.variant unknown_variant',
  ],
  ['a rollout without members', flagWith({ default: { rollout: {} } }), `${W} missing_member`, `${B} missing_member`],
  ['a rollout of nothing', withRollout([]), `${W} too_few`],
  ['a rollout of texts', withRollout(['a']), `${W}[0] not_an_object`],
  ['a rollout of an unknown variant', withRollout([{ variant: 'c', weight: 1 }]), `${W}[0].variant unknown_variant`],
  ['a variant twice in a rollout', withRollout([SHARE, SHARE]), `${W}[1].variant duplicate_variant`],
  ['a share without weight', withRollout([{ variant: 'a' }]), `${W}[0].weight missing_member`],
  ['a negative weight', withRollout([{ variant: 'a', weight: -1 }]), `${W}[0].weight bad_weight`],
  ['a broken weight', withRollout([{ variant: 'a', weight: 0.5 }]), `${W}[0].weight bad_weight`],
  ['a text as weight', withRollout([{ variant: 'a', weight: '1' }]), `${W}[0].weight bad_weight`],
  ['a weight that is too large', withRollout([{ variant: 'a', weight: 2_147_483_648 }]), `${W}[0].weight bad_weight`],
  ['weights of nothing', withRollout([{ variant: 'a', weight: 0 }]), `${W} bad_weight_sum`],
  [
    'weights that add up to too much',
    withRollout([SHARE, { variant: 'b', weight: 2_147_483_647 }]),
    `${W} bad_weight_sum`,
  ],
  ['an unknown member in a share', withRollout([{ ...SHARE, percent: 1 }]), `${W}[0].percent unknown_member`],
  ['a bucketing that is a text', withRollout([SHARE], 'murmur3/1'), `${B} not_an_object`],
  ['a bucketing without algorithm', withRollout([SHARE], {}), `${B}.algorithm missing_member`],
  ['an unknown algorithm', withRollout([SHARE], { algorithm: 'murmur3/2' }), `${B}.algorithm unknown_algorithm`],
  [
    'an unknown member in a bucketing',
    withRollout([SHARE], { ...CONTRACT, precision: 1 }),
    `${B}.precision unknown_member`,
  ],
  ['a seed where there is none', withRollout([SHARE], { ...CONTRACT, seed: 1 }), `${B}.seed bad_seed`],
  [
    'a seed that is too large',
    withRollout([SHARE], { algorithm: 'murmur3-unleash', seed: 4_294_967_296 }),
    `${B}.seed bad_seed`,
  ],
  ['a seed below zero', withRollout([SHARE], { algorithm: 'murmur3-unleash', seed: -1 }), `${B}.seed bad_seed`],
  ['a seed that is a text', withRollout([SHARE], { algorithm: 'murmur3-unleash', seed: '1' }), `${B}.seed bad_seed`],
  ['a fallback that is no list', withRollout([SHARE], { ...CONTRACT, fallback: 'b' }), `${B}.fallback not_a_list`],
  [
    'too many fallbacks',
    withRollout([SHARE], { ...CONTRACT, fallback: ['b', 'c', 'd', 'e', 'f'] }),
    `${B}.fallback too_many`,
  ],
  [
    'a bad attribute to fall back to',
    withRollout([SHARE], { ...CONTRACT, fallback: ['b', '$c', null] }),
    `${B}.fallback[1] bad_attribute`,
    `${B}.fallback[2] not_a_text`,
  ],
  ...(
    [
      ['sha1-launchdarkly', 100_000],
      ['fnv-growthbook/1', 1_000],
      ['fnv-growthbook/2', 10_000],
    ] as const
  ).map(
    ([algorithm, sum]): Bad => [
      `weights that do not add up to the ${sum} of ${algorithm}`,
      withRollout(
        [
          { variant: 'a', weight: sum - 2 },
          { variant: 'b', weight: 1 },
        ],
        { algorithm },
      ),
      `${W} bad_weight_sum`,
    ],
  ),
  ['a salt that is no text', withRollout([SHARE], { ...CONTRACT, salt: 1 }), `${B}.salt not_a_text`],
  ['a salt that is too long', withRollout([SHARE], { ...CONTRACT, salt: 'x'.repeat(257) }), `${B}.salt too_long`],
  ['a salt with half a character', withRollout([SHARE], { ...CONTRACT, salt: 'a\ud83d' }), `${B}.salt ill_formed_text`],
  [
    'a bad attribute to bucket by',
    withRollout([SHARE], { ...CONTRACT, attribute: 'a..b' }),
    `${B}.attribute bad_attribute`,
  ],
  [
    'an unknown answer to what is missing',
    withRollout([SHARE], { ...CONTRACT, missing: 'random' }),
    `${B}.missing unknown_missing`,
  ],
];

describeRefusals('what a flag serves is refused:', bad, checkFlag, 300);

const fine: readonly [string, Json][] = [
  [
    'weights of zero',
    withRollout([
      { variant: 'a', weight: 0 },
      { variant: 'b', weight: 2_147_483_647 },
    ]),
  ],
  [
    'an empty salt and all of a contract',
    withRollout([SHARE], {
      ...CONTRACT,
      salt: '',
      attribute: 'a.b-c d',
      fallback: ['$random'],
      missing: 'fallThrough',
    }),
  ],
  ['a salt with whole characters', withRollout([SHARE], { ...CONTRACT, salt: '日本 😀' })],
  ['the largest seed', withRollout([SHARE], { algorithm: 'murmur3-unleash', seed: 4_294_967_295 })],
  ['the weights of LaunchDarkly', withRollout([{ variant: 'a', weight: 100_000 }], { algorithm: 'sha1-launchdarkly' })],
  ['the weights of GrowthBook', withRollout([{ variant: 'a', weight: 1_000 }], { algorithm: 'fnv-growthbook/1' })],
];

describe('what a flag serves is accepted:', () => {
  it.each(fine)('%s', (_, document) => {
    expect(findings(checkFlag(document))).toEqual([]);
  });
});
