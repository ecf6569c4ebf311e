import { describe, expect, it } from 'vitest';
import { type Edit, flag, gone, PublishedEnvironment, segment, sha256 } from '@flaghoist/testkit/published-environment';
import { touchedFlags } from './touched-flags.ts';
import { VerifiedRuleset } from './verified-ruleset.ts';

function touchedBy(edits: readonly Edit[], before: readonly Edit[]): readonly string[] {
  const environment = new PublishedEnvironment();
  environment.publish(before);
  const ruleset = new VerifiedRuleset({ sha256, access: 'opaque' });
  ruleset.applyFull(environment.full());
  const result = ruleset.applyPatch(environment.publish(edits));
  if (!result.ok) throw new Error(result.message);
  return touchedFlags(ruleset, result.changed);
}

const BEFORE = [
  flag('plain', 'on'),
  flag('for-beta', 'off', 'beta'),
  flag('for-staff', 'off', 'staff'),
  flag('for-others', 'off', 'others'),
  segment('beta', ['ann']),
  segment('staff', [], 'beta'),
  segment('others', ['bob']),
];

describe('the flags that a change touches', () => {
  it('are those that were changed, made or deleted, sorted', () => {
    expect(touchedBy([flag('plain', 'off'), gone('flag', 'for-beta'), flag('a-new', 'on')], BEFORE)).toEqual([
      'a-new',
      'for-beta',
      'plain',
    ]);
  });

  it('are those that look at a changed segment, directly or through another segment', () => {
    expect(touchedBy([segment('beta', ['ann', 'bob'])], BEFORE)).toEqual(['for-beta', 'for-staff']);
    expect(touchedBy([segment('staff', ['ann'])], BEFORE)).toEqual(['for-staff']);
    expect(touchedBy([gone('segment', 'others')], BEFORE)).toEqual(['for-others']);
  });

  it('are found through segments that look at each other in a circle', () => {
    const circle = [flag('f', 'off', 'one'), segment('one', [], 'two'), segment('two', [], 'one')];
    expect(touchedBy([segment('two', ['ann'], 'one')], circle)).toEqual(['f']);
  });

  it('are found although an escape in the text hides the key of the segment', () => {
    const { key, json } = flag('hidden', 'off', 'beta');
    const escaped = { kind: 'flag', key, json: json?.replace('"beta"', '"\\u0062eta"') ?? null } as const;
    expect(touchedBy([segment('beta', ['bob'])], [escaped, segment('beta', [])])).toEqual(['hidden']);
  });

  it('are found in a text with spaces', () => {
    const { key, json } = flag('spacious', 'off', 'beta');
    const spacious = { kind: 'flag', key, json: json?.replaceAll(':', ' : ') ?? null } as const;
    expect(touchedBy([segment('beta', ['bob'])], [spacious, segment('beta', [])])).toEqual(['spacious']);
  });

  it('are not those that only mention the name of the segment', () => {
    const mention = { ...JSON.parse(flag('mention', 'on').json ?? ''), type: 'string', variants: { on: 'beta' } };
    const edit = { kind: 'flag', key: 'mention', json: JSON.stringify(mention) } as const;
    expect(touchedBy([segment('beta', ['bob'])], [edit, segment('beta', [])])).toEqual([]);
  });

  it('are none when nothing that is evaluated changed', () => {
    expect(touchedBy([{ kind: 'chunk', key: 'beta.00', json: '[]' }], BEFORE)).toEqual([]);
  });
});
