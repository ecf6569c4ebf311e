import { expect, test } from 'vitest';
import { matchText, piecesOf } from './match.ts';
import { type Place, placeId, readPlaces, remembered } from './recent.ts';

const shown = (text: string, query: string) =>
  piecesOf(text, matchText(text, query)?.ranges ?? [])
    .map(({ text: part, isMatch }) => (isMatch ? `[${part}]` : part))
    .join('');

test('what was typed is marked where it stands, at the beginning of a word if it can be', () => {
  expect(shown('Recheckout checkout', 'CHECK')).toBe('Recheckout [check]out');
  expect(shown('New flag', 'flag new')).toBe('[New] [flag]');
  expect(shown('aaa', 'aa a')).toBe('[aa]a');
  expect(shown('İstanbul ist', 'ist')).toBe('İstanbul [ist]');
});

test('every word has to be there, or in the words that mean the same', () => {
  expect(matchText('Go to flags', 'flag segment')).toBeNull();
  expect(matchText('Dark theme', 'night', 'night black')?.ranges).toEqual([]);
  expect(matchText('Anything', ' ')?.rank).toBeLessThan(1);
});

test('a match at the beginning is better than one within, and a shorter text than a longer', () => {
  const rank = (text: string, others = '') => matchText(text, 'flag', others)?.rank ?? Number.NaN;
  expect(rank('flag list')).toBeLessThan(rank('new flag'));
  expect(rank('new flag')).toBeLessThan(rank('subflag'));
  expect(rank('subflag')).toBeLessThan(rank('other', 'flag'));
  expect(rank('flag')).toBeLessThan(rank('flag of something'));
});

const place = (key: string): Place => ({ kind: 'flag', project: 'shop', environment: null, key, name: key });

test('the last places come first, each once, few of them', () => {
  const all = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'b'].reduce<readonly Place[]>(
    (places, key) => remembered(places, place(key)),
    [],
  );
  expect(all.map(({ key }) => key)).toEqual(['b', 'g', 'f', 'e', 'd', 'c']);
  expect(placeId(place('a'))).not.toBe(placeId({ ...place('a'), kind: 'segment' }));
});

test('what another version kept does no harm', () => {
  expect(readPlaces('[{"kind":"flag"},3,null]')).toEqual([]);
  expect(readPlaces('{')).toEqual([]);
  expect(readPlaces(JSON.stringify([place('a')]))).toEqual([place('a')]);
});
