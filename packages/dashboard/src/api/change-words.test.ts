import { describe, expect, it } from 'vitest';
import { changeText, isByPerson, listText, revisionTexts, trialTexts, wordsOf } from './change-words.ts';

const entity = (environment: string, key: string, kind = 'flag') => ({ environment, kind, key, deleted: false });
const revision = (environment: string) => ({ environment, epoch: 1, revision: 3 });

describe('a change in words', () => {
  it('names each flag and segment once, and where', () => {
    const change = {
      action: 'change.apply',
      entities: [entity('production', 'checkout'), entity('staging', 'checkout'), entity('staging', 'beta', 'segment')],
      revisions: [revision('production'), revision('staging')],
      candidates: [],
    };
    expect(changeText(change)).toBe('changed checkout and beta in production and staging');
  });

  it('does not list the flags that a new environment was filled with', () => {
    const change = {
      action: 'environment.create',
      entities: [entity('new', 'checkout')],
      revisions: [revision('new')],
      candidates: [],
    };
    expect(changeText(change)).toBe('created an environment in new');
    expect(wordsOf(change).objects).toEqual([]);
  });

  it('says of what has no revision that it would change something, and what came of it', () => {
    const since = '2026-11-22T12:00:00Z';
    const undecided = { decidedAt: null, decidedBy: null, why: null };
    const trial = (state: 'tried' | 'promoted' | 'withdrawn') => {
      return { environment: 'production', base: 3, state, since, rebuilt: 0, ...undecided };
    };
    const change = { action: 'flag.edit', entities: [entity('production', 'checkout')], revisions: [] };
    const [tried, withdrawn] = [
      { ...change, candidates: [trial('tried')] },
      { ...change, candidates: [trial('withdrawn')] },
    ];
    expect(changeText(tried)).toBe('would change checkout in production');
    expect(changeText(withdrawn)).toBe('would have changed checkout in production');
    expect([tried, withdrawn].flatMap(trialTexts).map(({ text }) => text)).toEqual([
      'production: being tried',
      'production: withdrawn',
    ]);
    // Done where it was published at once, and where it was promoted.
    const inTest = { ...withdrawn, revisions: [revision('test')] };
    expect(changeText(inTest)).toBe('changed checkout in test and production');
    const promoted = { ...change, revisions: [revision('production')], candidates: [trial('promoted')] };
    expect([changeText(promoted), trialTexts(promoted)]).toEqual(['changed checkout in production', []]);
  });

  it('shows an action that it does not know by its name', () => {
    expect(changeText({ action: 'layer.edit', entities: [], revisions: [], candidates: [] })).toBe('layer.edit');
  });

  it.each([
    [[], ''],
    [['a'], 'a'],
    [['a', 'b'], 'a and b'],
    [['a', 'b', 'c'], 'a, b and c'],
    [['a', 'b', 'c', 'd', 'e'], 'a, b and 3 more'],
  ])('lists %j as “%s”', (names, text) => {
    expect(listText(names)).toBe(text);
  });
});

describe('who and where', () => {
  it('tells a person from a script', () => {
    expect(isByPerson({ authorId: 'person:1f' })).toBe(true);
    expect(isByPerson({ authorId: 'token:1f' })).toBe(false);
    expect(isByPerson({ authorId: null })).toBe(false);
  });

  it('names the revision that it became in each environment', () => {
    const revisions = [
      { environment: 'staging', epoch: 1, revision: 17 },
      { environment: 'production', epoch: 2, revision: 4 },
    ];
    expect(revisionTexts({ revisions })).toEqual(['staging #17', 'production #4']);
    expect(revisionTexts({ revisions: [] })).toEqual([]);
  });
});
