import { createHash } from 'node:crypto';
import { evaluate } from '@flaghoist/evaluator';
import { type Block, formatHead, type Head } from '@flaghoist/protocol/ruleset';
import { describe, expect, it } from 'vitest';
import { type Edit, flag, gone, PublishedEnvironment, segment, sha256 } from '@flaghoist/testkit/published-environment';
import { createRegexEngine } from './regex-engine.ts';
import { VerifiedRuleset } from './verified-ruleset.ts';

const KEY: Edit = { kind: 'key', key: 'k1', json: '{"id":"k1","kind":"server","sha256":"x"}' };
const CHUNK = chunk('{"hashes":"0123456789abcdef"}');

function chunk(json: string): Edit {
  return { kind: 'chunk', key: sha256(json), json };
}

/** A chunk that holds one targeting key. */
function chunkOf(targetingKey: string): Edit {
  return chunk(JSON.stringify({ hashes: createHash('sha1').update(targetingKey).digest('hex').slice(0, 16) }));
}

/** A flag that is on for the targeting keys in which the pattern is found. */
function matching(pattern: string): Edit {
  const conditions = [{ attribute: 'targetingKey', operator: 'matches', values: [pattern] }];
  const rules = [{ id: 'matching', conditions, serve: { variant: 'on' } }];
  return {
    kind: 'flag',
    key: 'match',
    json: JSON.stringify({ ...JSON.parse(flag('match', 'off').json ?? '{}'), rules }),
  };
}

function published(): PublishedEnvironment {
  const environment = new PublishedEnvironment();
  environment.publish([flag('checkout', 'off', 'beta'), flag('search', 'on'), segment('beta', ['ann']), CHUNK, KEY]);
  return environment;
}

function following(environment: PublishedEnvironment, access: 'verified' | 'opaque' = 'opaque'): VerifiedRuleset {
  const copy = new VerifiedRuleset({ sha256, access, regex: null });
  expect(copy.applyFull(environment.full(access === 'verified'))).toMatchObject({ ok: true });
  return copy;
}

/** Everything that can be seen of a copy. */
function look(copy: VerifiedRuleset) {
  const { head, headText, headHash, cursor, ruleset, size } = copy;
  return { head, headText, headHash, cursor, ruleset, size, entities: [...copy.entities()] };
}

function withHead(block: Block, change: Partial<Head>): Block {
  const head = { ...block.head, ...change };
  return { ...block, head, headText: formatHead(head) };
}

function variantOf(copy: VerifiedRuleset, flagKey: string, targetingKey = 'bob') {
  return evaluate(copy.ruleset, flagKey, { targetingKey }).variant;
}

describe('a verified ruleset', () => {
  it('holds nothing at first', () => {
    const copy = new VerifiedRuleset({ sha256, access: 'verified', regex: null });
    expect(look(copy)).toMatchObject({ head: null, headText: '', headHash: '', cursor: null, size: 0, entities: [] });
    expect(copy.applyPatch(published().full())).toMatchObject({ ok: false, reason: 'gap' });
    expect(copy.applyBlocks([])).toMatchObject({ ok: false, reason: 'gap' });
  });

  it('takes a full block, answers from it and lists its entities in order', () => {
    const environment = published();
    const copy = following(environment, 'verified');
    expect(copy.cursor).toEqual({ epoch: 1, revision: 1 });
    expect(copy.headHash).toBe(environment.headHash);
    expect([variantOf(copy, 'checkout'), variantOf(copy, 'checkout', 'ann'), variantOf(copy, 'search')]).toEqual([
      'off',
      'on',
      'on',
    ]);
    expect([...copy.entities()].map(({ kind, key }) => `${kind}/${key}`)).toEqual([
      `chunk/${CHUNK.key}`,
      'flag/checkout',
      'flag/search',
      'key/k1',
      'segment/beta',
    ]);
    expect(copy.size).toBe(5);
    expect(copy.entity('segment', 'beta')?.json).toBe('{"key":"beta","included":["ann"]}');
    expect(copy.entity('flag', 'beta')).toBeUndefined();
  });

  it('goes from revision to revision by patches and says what changed', () => {
    const environment = published();
    const copy = following(environment);
    const patch = environment.publish([flag('checkout', 'on'), flag('new', 'on'), gone('flag', 'search')]);
    const result = copy.applyPatch(patch);
    expect(result).toEqual({ ok: true, changed: patch.entities });
    expect(copy.cursor).toEqual({ epoch: 1, revision: 2 });
    expect([variantOf(copy, 'checkout'), variantOf(copy, 'new'), variantOf(copy, 'search')]).toEqual([
      'on',
      'on',
      undefined,
    ]);
    expect([...copy.entities()].map(({ key }) => key)).toEqual([CHUNK.key, 'checkout', 'new', 'beta']);
    expect(copy.applyPatch(environment.publish([]))).toEqual({ ok: true, changed: [] });
  });

  it('leaves rulesets and lists that were taken out of it as they were', () => {
    const environment = published();
    const copy = following(environment);
    const [ruleset, entities] = [copy.ruleset, copy.entities()];
    copy.applyPatch(environment.publish([flag('checkout', 'on'), gone('flag', 'search')]));
    expect(evaluate(ruleset, 'checkout', {}).variant).toBe('off');
    expect([...entities]).toHaveLength(4);
  });

  it('replaces everything by a full block of any epoch and revision and lists only differences', () => {
    const environment = published();
    const copy = following(environment);
    environment.publish([flag('search', 'off'), flag('new', 'on')]);
    environment.publish([gone('segment', 'beta')]);
    expect(copy.applyFull(environment.full())).toMatchObject({
      ok: true,
      changed: [
        { kind: 'flag', key: 'search' },
        { kind: 'flag', key: 'new' },
        { kind: 'segment', key: 'beta', sha256: null, json: null },
      ],
    });
    const restored = new PublishedEnvironment('env_1', 2);
    restored.publish([flag('search', 'on')]);
    expect(copy.applyFull(restored.full())).toMatchObject({ ok: true });
    expect([copy.cursor, copy.size]).toEqual([{ epoch: 2, revision: 1 }, 1]);
    expect(copy.applyFull(restored.full())).toEqual({ ok: true, changed: [] });
  });

  it('applies a snapshot of a full block and patches, or none of it', () => {
    const environment = published();
    const full = environment.full();
    environment.publish([flag('search', 'off')]);
    environment.publish([flag('checkout', 'on')]);
    const blocks = [full, environment.patch(2), environment.patch(3)];
    const copy = new VerifiedRuleset({ sha256, access: 'opaque', regex: null });
    const broken = blocks.with(2, withHead(environment.patch(3), { previous: 'other' }));
    const nothing = look(copy);
    expect(copy.applyBlocks(broken)).toMatchObject({ ok: false, reason: 'history' });
    expect(look(copy)).toEqual(nothing);
    expect(copy.applyBlocks(blocks)).toMatchObject({ ok: true });
    expect([copy.cursor?.revision, variantOf(copy, 'search'), variantOf(copy, 'checkout')]).toEqual([3, 'off', 'on']);
    const before = look(copy);
    expect(copy.applyBlocks(broken)).toMatchObject({ ok: false, reason: 'history' });
    expect(look(copy)).toEqual(before);
    expect(copy.applyPatch(environment.publish([flag('search', 'on')]))).toMatchObject({ ok: true });
  });

  it('checks the access root and holds keys only where it is told to', () => {
    const environment = published();
    const edge = following(environment, 'verified');
    expect(edge.entity('key', 'k1')?.json).toBe(KEY.json);
    const provider = new VerifiedRuleset({ sha256, access: 'opaque', regex: null });
    expect(provider.applyFull(environment.full(true))).toMatchObject({ ok: false, reason: 'entity' });
    expect(edge.applyFull(environment.full(false))).toMatchObject({ ok: false, reason: 'root' });
    const keyPatch = environment.publish([{ ...KEY, json: '{"id":"k1","revoked":true}' }]);
    expect(edge.applyPatch(keyPatch)).toMatchObject({ ok: true, changed: [{ kind: 'key', key: 'k1' }] });
  });

  it('evaluates segments with the chunks that came with them or before them', () => {
    const environment = published();
    const copy = following(environment);
    const beta = (...edits: readonly Edit[]): Edit => {
      const chunks = edits.map(({ key }) => key);
      return {
        kind: 'segment',
        key: 'beta',
        json: JSON.stringify({ key: 'beta', includedChunks: { bits: 0, chunks } }),
      };
    };
    const variants = () => ['ann', 'bob'].map((key) => variantOf(copy, 'checkout', key));
    expect(copy.applyPatch(environment.publish([beta(chunkOf('bob')), chunkOf('bob')]))).toMatchObject({ ok: true });
    expect(variants()).toEqual(['off', 'on']);
    expect(copy.applyPatch(environment.publish([chunkOf('ann')]))).toMatchObject({ ok: true });
    expect(copy.applyPatch(environment.publish([beta(chunkOf('ann'))]))).toMatchObject({ ok: true });
    expect(variants()).toEqual(['on', 'off']);
    expect(copy.applyFull(environment.full())).toEqual({ ok: true, changed: [] });
    const lacking = copy.applyPatch(environment.publish([beta(chunkOf('eve'))]));
    expect(lacking).toMatchObject({ ok: false, reason: 'entity' });
    expect(variants()).toEqual(['on', 'off']);
  });

  it('runs regular expressions with the engine that it was given, and refuses what that cannot run', () => {
    const environment = new PublishedEnvironment();
    environment.publish([matching('^an+$')]);
    const able = new VerifiedRuleset({ sha256, access: 'opaque', regex: createRegexEngine() });
    const unable = new VerifiedRuleset({ sha256, access: 'opaque', regex: null });
    expect([able, unable].map((copy) => copy.applyFull(environment.full()).ok)).toEqual([true, true]);
    expect([variantOf(able, 'match', 'ann'), variantOf(able, 'match', 'bob')]).toEqual(['on', 'off']);
    expect(evaluate(unable.ruleset, 'match', { targetingKey: 'ann' })).toMatchObject({
      reason: 'ERROR',
      errorCode: 'GENERAL',
    });
    const lookAround = environment.publish([matching('a(?=nn)')]);
    const refused = able.applyPatch(lookAround);
    expect(refused).toMatchObject({ ok: false, reason: 'entity', message: expect.stringContaining('Look-around') });
    expect(able.applyFull(environment.full())).toMatchObject({ ok: false, reason: 'entity' });
    expect([able.cursor?.revision, variantOf(able, 'match', 'ann')]).toEqual([1, 'on']);
    expect(unable.applyPatch(lookAround)).toMatchObject({ ok: true });
  });

  it('hashes a text before it parses it', () => {
    const environment = published();
    const block = environment.full();
    const evil = block.entities.map((line) => (line.key === 'search' ? { ...line, json: '{"broken' } : line));
    const copy = new VerifiedRuleset({ sha256, access: 'opaque', regex: null });
    expect(copy.applyFull({ ...block, entities: evil })).toMatchObject({ ok: false, reason: 'hash' });
  });
});

describe('what a verified ruleset refuses', () => {
  const refusals: readonly [string, string, (environment: PublishedEnvironment) => Block][] = [
    ['another environment', 'environment', (e) => withHead(e.publish([]), { environment: 'env_2' })],
    ['another epoch', 'epoch', (e) => withHead(e.publish([]), { epoch: 2 })],
    ['a revision too many', 'gap', (e) => withHead(e.publish([]), { revision: 3 })],
    ['a revision again', 'gap', (e) => withHead(e.publish([]), { revision: 1 })],
    ['another history', 'history', (e) => withHead(e.publish([]), { previous: e.headHash })],
    ['a newer engine', 'engine', (e) => e.publish([], { engine: 2 })],
    ['another rules root', 'root', (e) => e.publish([flag('search', 'off')], { rules: e.headHash })],
    ['another access root', 'root', (e) => e.publish([], { access: e.headHash })],
    ['a head that its text does not say', 'hash', (e) => ({ ...e.publish([]), head: e.patch(1).head })],
    ['a flag that does not prepare', 'entity', (e) => e.publish([{ kind: 'flag', key: 'search', json: '{}' }])],
    ['a segment that is no JSON', 'entity', (e) => e.publish([{ kind: 'segment', key: 'beta', json: '{' }])],
    ['a chunk that is not named after its hash', 'entity', (e) => e.publish([{ ...CHUNK, key: sha256('other') }])],
    ['a chunk that is no list of hashes', 'entity', (e) => e.publish([chunk('{"hashes":"xyz"}')])],
    ['one entity twice', 'entity', (e) => e.publish([flag('search', 'off'), flag('search', 'off')])],
    [
      'a deletion with a hash',
      'hash',
      (e) => {
        const block = e.publish([gone('flag', 'search')]);
        return { ...block, entities: block.entities.map((line) => ({ ...line, sha256: sha256('') })) };
      },
    ],
  ];

  it.each(refusals)('a patch with %s, and then takes the right one', (_, reason, make) => {
    const environment = published();
    const copy = following(environment, 'verified');
    const before = look(copy);
    expect(copy.applyPatch(make(environment))).toMatchObject({ ok: false, reason });
    expect(look(copy)).toEqual(before);
    const twin = published();
    expect(copy.applyPatch(twin.publish([flag('search', 'off')]))).toMatchObject({ ok: true });
  });

  it('a full block of another environment, with a deletion, a newer engine or a wrong root', () => {
    const environment = published();
    const copy = following(environment, 'verified');
    const before = look(copy);
    const full = environment.full(true);
    const other = new PublishedEnvironment('env_2');
    other.publish([flag('search', 'on')]);
    const dropped = { ...full, entities: full.entities.slice(1) };
    const deleting = { ...full, entities: [...full.entities, { kind: 'flag', key: 'x', sha256: null, json: null }] };
    const cases: readonly [Block, string][] = [
      [other.full(true), 'environment'],
      [deleting as Block, 'entity'],
      [withHead(full, { engine: 2 }), 'engine'],
      [withHead(full, { rules: full.head.access }), 'root'],
      [withHead(full, { access: full.head.rules }), 'root'],
      [dropped, 'root'],
    ];
    for (const [block, reason] of cases) {
      expect(copy.applyFull(block)).toMatchObject({ ok: false, reason });
      expect(look(copy)).toEqual(before);
    }
  });

  it('says which entity the evaluator cannot prepare and where', () => {
    const environment = published();
    const copy = following(environment);
    const result = copy.applyPatch(environment.publish([{ kind: 'flag', key: 'search', json: '{"key":"search"}' }]));
    expect(result).toMatchObject({ ok: false, message: expect.stringMatching(/^flag\/search: \$/) });
  });
});

describe('a patch on 10,000 entities', () => {
  it('hashes a bounded number of bytes and needs no list of all entities', () => {
    let bytes = 0;
    const counting = (text: string): string => {
      bytes += Buffer.byteLength(text);
      return sha256(text);
    };
    const environment = new PublishedEnvironment();
    environment.publish(Array.from({ length: 10_000 }, (_, i) => flag(`flag-${i}`, 'on')));
    const copy = new VerifiedRuleset({ sha256: counting, access: 'opaque', regex: null });
    copy.applyFull(environment.full());
    expect(bytes).toBeGreaterThan(1_000_000);
    bytes = 0;
    expect(copy.applyPatch(environment.publish([flag('flag-77', 'off')]))).toMatchObject({ ok: true });
    // One text, its group (40 lines of 70 bytes), the 256 group hashes (11 kB) and a head.
    expect(bytes).toBeLessThan(20_000);
    bytes = 0;
    expect(copy.applyPatch(environment.publish([flag('flag-78', 'off')], { rules: 'wrong' }))).toMatchObject({
      ok: false,
    });
    expect(bytes).toBeLessThan(20_000);
  });
});
