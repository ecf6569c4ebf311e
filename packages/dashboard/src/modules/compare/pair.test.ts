import { describe, expect, it } from 'vitest';
import { choosePair } from './pair.ts';

const NONE = { from: undefined, to: undefined };

describe('the pair that is compared', () => {
  it.each([
    [['production', 'staging'], NONE, ['staging', 'production']],
    [['development', 'production', 'staging'], NONE, ['staging', 'production']],
    [['blue', 'green'], NONE, ['green', 'blue']],
    [['production', 'staging'], { from: 'production', to: undefined }, ['production', 'staging']],
    [['production', 'staging'], { from: 'production', to: 'staging' }, ['production', 'staging']],
    [['production', 'staging'], { from: 'staging', to: 'staging' }, ['production', 'staging']],
    [['production', 'staging'], { from: 'gone', to: 'gone' }, ['staging', 'production']],
  ] as const)('of %j, asked for %j, is %j', (environments, asked, [from, to]) => {
    expect(choosePair(environments, asked)).toEqual({ from, to });
  });

  it.each([[[]], [['production']]])('is none of %j', (environments) => {
    expect(choosePair(environments, NONE)).toBeNull();
    expect(choosePair(environments, { from: 'production', to: undefined })).toBeNull();
  });
});
