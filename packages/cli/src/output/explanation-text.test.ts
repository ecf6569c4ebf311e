import type { ExplanationStep } from '@flaghoist/evaluator';
import { describe, expect, it } from 'vitest';
import type { Owners } from './configured-conditions.ts';
import { explanationText } from './explanation-text.ts';

const bucket = { algorithm: 'murmur3/1', salt: 'checkout', attribute: 'targetingKey', value: 'ann', of: 100 } as const;
const unbucketed = { ...bucket, attribute: null, value: null, bucket: null } as const;
const found = { step: 'flag', flag: 'checkout', found: true, enabled: true } as const;

const NOTHING_KNOWN: Owners = new Map();

const text = (steps: readonly unknown[], owners = NOTHING_KNOWN): string => explanationText('checkout', steps, owners);
const lines = (...steps: readonly ExplanationStep[]): readonly string[] => text(steps).trimEnd().split('\n');

describe('an explanation in words', () => {
  it('names conditions that are not known by their paths, with the value and the bucket they were tried on', () => {
    const shown = lines(
      found,
      { step: 'targets', targetingKey: 'ann', variant: null },
      {
        step: 'rule',
        path: '$.rules[0]',
        rule: 'staff',
        held: false,
        variant: null,
        conditions: [
          {
            condition: 'attribute',
            path: '$.rules[0].conditions[0]',
            attribute: 'mail',
            operator: 'endsWith',
            negate: false,
            value: 'ann@example.org',
            held: true,
          },
          {
            condition: 'attribute',
            path: '$.rules[0].conditions[1]',
            attribute: 'plan',
            operator: 'in',
            negate: true,
            held: false,
          },
        ],
      },
      {
        step: 'rule',
        path: '$.rules[1]',
        rule: 'half',
        held: true,
        variant: 'on',
        conditions: [
          {
            condition: 'group',
            path: '$.rules[1].conditions[0]',
            group: 'any',
            held: true,
            conditions: [
              {
                condition: 'segment',
                path: '$.rules[1].conditions[0].conditions[0]',
                segment: 'beta',
                negate: false,
                because: 'conditions',
                held: true,
                conditions: [
                  {
                    condition: 'bucket',
                    path: '$.conditions[0]',
                    negate: true,
                    bucket: { ...bucket, bucket: 42 },
                    from: 0,
                    to: 10,
                    held: true,
                  },
                ],
              },
            ],
          },
        ],
        rollout: { ...bucket, bucket: 99 },
      },
    );
    expect(shown).toEqual([
      'flag checkout is on',
      '  individual targets, targeting key "ann": none',
      '  rule staff: does not hold',
      '    yes: mail endsWith ($.rules[0].conditions[0]): mail is "ann@example.org"',
      '    no: plan not in ($.rules[0].conditions[1]): plan is missing',
      '  rule half: holds, serves on',
      '    yes: any of ($.rules[1].conditions[0])',
      '      yes: in segment beta ($.rules[1].conditions[0].conditions[0]): its conditions decide',
      '        yes: not in buckets 0 to 9 ($.conditions[0]): bucket 42 of 100 by targetingKey "ann" (murmur3/1, salt "checkout")',
      '    rollout: bucket 99 of 100 by targetingKey "ann" (murmur3/1, salt "checkout")',
    ]);
  });

  it('says when there is no bucket', () => {
    expect(lines(found, { step: 'default', path: '$.default', variant: null, rollout: unbucketed }).slice(1)).toEqual([
      '  otherwise: serves no variant',
      '    rollout: no bucket: no attribute has a value to deal by (murmur3/1, salt "checkout")',
    ]);
  });

  it('shows the steps of a prerequisite below it', () => {
    const prerequisite = {
      step: 'prerequisite',
      path: '$.prerequisites[0]',
      flag: 'login',
      variants: ['on', 'beta'],
      leadsBack: false,
      steps: [{ step: 'flag', flag: 'login', found: false, enabled: false }],
    } as const;
    expect(lines(found, { ...prerequisite, served: null, held: false })).toEqual([
      'flag checkout is on',
      '  needs login to serve on or beta: no, it serves no variant',
      '    flag login does not exist',
    ]);
    expect(lines({ ...prerequisite, served: null, held: false, leadsBack: true, steps: [] })).toEqual([
      '  needs login to serve on or beta: no, it leads back to its own flag, or too deep',
    ]);
  });

  it.each([
    [
      'a targeting key that is a list',
      { step: 'targets', targetingKey: ['a'], variant: null },
      'targeting key ["a"]: none',
    ],
    ['no targeting key', { step: 'targets', variant: null }, 'without targeting key: none'],
    ['a target', { step: 'targets', targetingKey: 'ann', variant: 'on' }, 'targeting key "ann": on'],
  ] as const)('tells %s', (_, step, words) => {
    expect(text([step])).toContain(words);
  });

  it('cuts long values, and shows what could move the cursor as text', () => {
    const shown = text([{ step: 'targets', targetingKey: `\u001b[2J${'x'.repeat(1_000)}`, variant: null }]);
    expect(shown.length).toBeLessThan(200);
    expect(shown).not.toContain('\u001b');
  });

  it('shows steps and conditions of a newer server as JSON', () => {
    expect(text([{ step: 'moon', phase: 'full' }])).toBe('  {"step":"moon","phase":"full"}\n');
    const rule = { step: 'rule', rule: 'r', held: true, conditions: [{ condition: 'moon', held: true }] };
    expect(text([rule])).toContain('yes: {"condition":"moon","held":true}');
  });
});
