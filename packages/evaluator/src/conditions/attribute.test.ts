import { describe, expect, it } from 'vitest';
import { prepareAttribute, readAttribute } from './attribute.ts';

const inherited: object = Object.create({ plan: 'pro' });

describe('readAttribute', () => {
  it.each<[string, object, string, unknown]>([
    ['a member', { plan: 'pro' }, 'plan', 'pro'],
    ['a member of a member', { company: { plan: 'pro' } }, 'company.plan', 'pro'],
    ['four levels', { a: { b: { c: { d: 1 } } } }, 'a.b.c.d', 1],
    ['a literal member with dots before the walk', { 'a.b': 1, a: { b: 2 } }, 'a.b', 1],
    ['a literal member that is null before the walk', { 'a.b': null, a: { b: 2 } }, 'a.b', null],
    ['falsy values', { a: { b: 0 } }, 'a.b', 0],
    ['an own member called toString', { toString: 'x' }, 'toString', 'x'],
    ['an own member called hasOwnProperty', { hasOwnProperty: 'x' }, 'hasOwnProperty', 'x'],
    ['members of objects without prototype', Object.assign(Object.create(null), { a: 'x' }), 'a', 'x'],
  ])('finds %s', (_, context, path, expected) => {
    expect(readAttribute(context as Record<string, unknown>, prepareAttribute(path), null)).toBe(expected);
  });

  it.each<[string, object, string]>([
    ['an absent member', {}, 'plan'],
    ['a path through an absent member', {}, 'company.plan'],
    ['a path through null', { company: null }, 'company.plan'],
    ['a path through a string', { company: 'x' }, 'company.length'],
    ['a path through a number', { company: 5 }, 'company.toFixed'],
    ['a path into an array', { list: ['x'] }, 'list.0'],
    ['the length of an array', { list: ['x'] }, 'list.length'],
    ['an inherited toString', {}, 'toString'],
    ['an inherited member', inherited, 'plan'],
    ['an inherited member of a member', { company: inherited }, 'company.plan'],
    ['a literal member with dots below the top', { a: { 'b.c': 1 } }, 'a.b.c'],
  ])('finds nothing at %s', (_, context, path) => {
    expect(readAttribute(context as Record<string, unknown>, prepareAttribute(path), null)).toBeUndefined();
  });
});
