import { describe, expect, it } from 'vitest';
import { createWatchPlaces, MOST_STREAMS } from './watch-places.ts';

describe('places of watchers', () => {
  it('are so many for each, and are free again when they are left', () => {
    const places = createWatchPlaces();
    const leaves = Array.from({ length: MOST_STREAMS }, () => places.enter('person:a'));
    expect(() => places.enter('person:a')).toThrow('which is the most');
    const other = places.enter('person:b');
    leaves[0]?.();
    leaves[0]?.();
    leaves[0] = places.enter('person:a');
    expect(() => places.enter('person:a')).toThrow('which is the most');
    for (const leave of [...leaves, other]) leave();
    for (let i = 0; i < MOST_STREAMS; i++) places.enter('person:a');
  });
});
