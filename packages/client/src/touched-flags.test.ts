import { describe, expect, it } from 'vitest';
import { type Edit, flag, gone, PublishedEnvironment, segment, sha256 } from '@flaghoist/testkit/published-environment';
import { touchedFlags } from './touched-flags.ts';
import { VerifiedRuleset } from './verified-ruleset.ts';

function published(before: readonly Edit[]) {
  const environment = new PublishedEnvironment();
  environment.publish(before);
  const ruleset = new VerifiedRuleset({ sha256, access: 'opaque', regex: null });
  ruleset.applyFull(environment.full());
  return {
    change(edits: readonly Edit[]): readonly string[] {
      const result = ruleset.applyPatch(environment.publish(edits));
      if (!result.ok) throw new Error(result.message);
      return touchedFlags(ruleset, result.changed);
    },
  };
}

function touchedBy(edits: readonly Edit[], before: readonly Edit[]): readonly string[] {
  return published(before).change(edits);
}

function altered(edit: Edit, members: object): Edit {
  return { ...edit, json: JSON.stringify({ ...JSON.parse(edit.json ?? '{}'), ...members }) };
}

function dependent(key: string, ...prerequisites: readonly string[]): Edit {
  return altered(flag(key, 'on'), { prerequisites: prerequisites.map((flag) => ({ flag, variants: ['on'] })) });
}

function chunk(hashes: string): Edit {
  const json = JSON.stringify({ hashes });
  return { kind: 'chunk', key: sha256(json), json };
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

  it('are those whose rules look at a changed segment in a group within a group', () => {
    const conditions = [{ group: 'none', conditions: [{ group: 'all', conditions: [{ segment: 'beta' }] }] }];
    const nested = altered(flag('nested', 'off', 'staff'), {
      rules: [{ id: 'r', conditions, serve: { variant: 'on' } }],
    });
    expect(touchedBy([segment('beta', ['bob'])], [nested, segment('beta', [])])).toEqual(['nested']);
  });

  it('are those with a changed flag among their prerequisites, directly or through others', () => {
    const before = [
      ...BEFORE,
      dependent('one', 'plain'),
      dependent('two', 'for-staff', 'one'),
      dependent('three', 'two'),
    ];
    expect(touchedBy([flag('plain', 'off')], before)).toEqual(['one', 'plain', 'three', 'two']);
    expect(touchedBy([gone('flag', 'one')], before)).toEqual(['one', 'three', 'two']);
    expect(touchedBy([segment('staff', ['ann'])], before)).toEqual(['for-staff', 'three', 'two']);
  });

  it('are found through prerequisites that lead back to each other', () => {
    const circle = [dependent('one', 'two'), dependent('two', 'three'), dependent('three', 'one'), flag('plain', 'on')];
    expect(touchedBy([flag('two', 'on')], circle)).toEqual(['one', 'three', 'two']);
  });

  it('are not those that had the changed flag among their prerequisites before', () => {
    const ruleset = published([flag('plain', 'on'), dependent('one', 'plain')]);
    expect(ruleset.change([flag('one', 'on')])).toEqual(['one']);
    expect(ruleset.change([flag('plain', 'off')])).toEqual(['plain']);
    expect(ruleset.change([dependent('one', 'plain')])).toEqual(['one']);
    expect(ruleset.change([flag('plain', 'on')])).toEqual(['one', 'plain']);
  });

  it('are found although an escape in the text hides their prerequisites', () => {
    const { key, json } = dependent('hidden', 'plain');
    const escaped = {
      kind: 'flag',
      key,
      json: json?.replace('"prerequisites"', '"pr\\u0065requisites"') ?? null,
    } as const;
    expect(touchedBy([flag('plain', 'off')], [escaped, flag('plain', 'on')])).toEqual(['hidden', 'plain']);
  });

  it('are those that look at a segment whose chunks were replaced', () => {
    const [before, after] = [chunk('0'.repeat(16)), chunk('f'.repeat(16))];
    const chunked = (key: string) => altered(segment('beta', []), { includedChunks: { bits: 0, chunks: [key] } });
    const edits = [gone('chunk', before.key), after, chunked(after.key)];
    expect(touchedBy(edits, [...BEFORE, before, chunked(before.key)])).toEqual(['for-beta', 'for-staff']);
  });

  it('are none when nothing changed that a flag looks at', () => {
    expect(touchedBy([chunk('')], BEFORE)).toEqual([]);
    expect(touchedBy([segment('unused', ['ann'])], BEFORE)).toEqual([]);
  });
});
