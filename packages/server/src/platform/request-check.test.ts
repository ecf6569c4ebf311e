import { describe, expect, it } from 'vitest';
import { Refusal } from './refusal.ts';
import { refuseHostileText } from './request-check.ts';

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < levels; i++) value = i % 2 === 0 ? { a: value } : [value];
  return value;
}

function problemOf(body: unknown): string | null {
  try {
    refuseHostileText(body);
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error.errors[0]?.code ?? error.code;
    throw error;
  }
}

describe('a body', () => {
  it('may be 64 levels deep, and no deeper', () => {
    expect(problemOf(nested(64))).toBeNull();
    expect(problemOf(nested(65))).toBe('too_deep');
    expect(problemOf(JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)))).toBe('too_deep');
  });

  it('may have 200,000 members and elements, wherever they are, and no more', () => {
    const list = (length: number) => Array.from({ length }, () => 1);
    expect(problemOf(list(200_000))).toBeNull();
    expect(problemOf(list(200_001))).toBe('too_many');
    expect(problemOf({ a: list(99_999), b: list(99_999) })).toBeNull();
    expect(problemOf({ a: list(100_000), b: list(99_999) })).toBe('too_many');
    expect(problemOf(Object.fromEntries(list(200_001).map((_, i) => [`m${i}`, null])))).toBe('too_many');
  });

  it('may hold any text but U+0000 and halves of surrogate pairs', () => {
    expect(problemOf({ ключ: ['😀', ''] })).toBeNull();
    expect(problemOf({ a: ['b\0'] })).toBe('nul_character');
    expect(problemOf({ '\ud800': 1 })).toBe('lone_surrogate');
  });
});
