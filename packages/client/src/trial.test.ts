import { describe, expect, it } from 'vitest';
import type { Place } from './place.ts';
import { decideBeginning, formatTrial, parseTrial } from './trial.ts';

const at = (revision: number, hash = `h${revision}`): Place => ({ environment: 'env_1', epoch: 1, revision, hash });
const [OLD, BAD, NEW] = [at(4), at(5), at(6)];

describe('what a process may begin with', () => {
  it('is anything after a start in order, and after one unclean start', () => {
    expect(decideBeginning([], null, [BAD, OLD], null)).toMatchObject({ quarantined: null, isNew: false });
    const once = decideBeginning([{ place: BAD, unclean: 0 }], null, [BAD, OLD], null);
    expect(once).toMatchObject({ quarantined: null, suspect: null });
    expect(once.unclean.get('h5')).toBe(1);
  });

  it('is not what two unclean starts in a row were made with', () => {
    expect(decideBeginning([{ place: BAD, unclean: 1 }], null, [BAD, OLD], null)).toMatchObject({
      quarantined: BAD,
      isNew: true,
    });
  });

  it('is what was in use before without harm, until five unclean starts in a row', () => {
    const after = (unclean: number, proven: string) =>
      decideBeginning([{ place: BAD, unclean: unclean - 1 }], null, [BAD, OLD], proven).quarantined;
    expect([2, 3, 4, 5].map((unclean) => after(unclean, 'h5'))).toEqual([null, null, null, BAD]);
    expect(after(2, 'h4')).toEqual(BAD);
  });

  it('is not changed by how many processes died together', () => {
    const together = Array.from({ length: 8 }, () => ({ place: BAD, unclean: 0 }));
    expect(decideBeginning(together, null, [BAD, OLD], null).quarantined).toBeNull();
  });

  it('is tried once more when there is nothing else, and said to be suspect', () => {
    for (const copies of [[], [BAD]])
      expect(decideBeginning([{ place: BAD, unclean: 3 }], null, copies, null)).toMatchObject({
        quarantined: null,
        suspect: BAD,
      });
  });

  it('stays without what was quarantined earlier until a newer copy is there', () => {
    expect(decideBeginning([], BAD, [BAD, OLD], null)).toMatchObject({ quarantined: BAD, isNew: false });
    expect(decideBeginning([], BAD, [NEW, OLD], null).quarantined).toBeNull();
    expect(decideBeginning([], BAD, [], null).quarantined).toEqual(BAD);
  });

  it('is told by marks that are whole', () => {
    const trial = { place: BAD, unclean: 1 };
    expect(parseTrial(formatTrial(trial))).toEqual(trial);
    for (let length = 0; length < formatTrial(trial).length; length++)
      expect(parseTrial(formatTrial(trial).slice(0, length))).toBeNull();
    expect(parseTrial('{"environment":"env_1","epoch":1,"revision":5,"hash":"h5","unclean":-1}')).toBeNull();
  });
});
