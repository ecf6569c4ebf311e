import { describe, expect, test } from 'vitest';
import { checkDraft, keyOf, NEW_PROJECT } from './first-project-draft.ts';

const shop = { ...NEW_PROJECT, name: 'Web Shop' };

describe('the first project', () => {
  test('has a key that follows from its name', () => {
    expect(keyOf(shop)).toBe('web-shop');
    expect(checkDraft(shop)).toEqual({});
  });

  test('keeps a key that somebody wrote, also an empty one', () => {
    expect(keyOf({ ...shop, ownKey: 'shop' })).toBe('shop');
    expect(checkDraft({ ...shop, ownKey: '' }).ownKey).toContain('Write a key');
  });

  test('needs a name, and says so once', () => {
    expect(Object.keys(checkDraft(NEW_PROJECT))).toEqual(['name']);
  });

  test('needs a key of its own when nothing of its name can stand in one', () => {
    expect(checkDraft({ ...NEW_PROJECT, name: '店' }).ownKey).toContain('Write a key');
  });

  test('begins with production and staging, and needs one environment', () => {
    expect(shop.environments).toEqual(['production', 'staging']);
    expect(checkDraft({ ...shop, environments: [] }).environments).toContain('at least one');
  });

  test('names the environment whose key is wrong', () => {
    expect(checkDraft({ ...shop, environments: ['production', 'pre prod'] }).environments).toContain('“pre prod”');
  });

  test('does not begin with a crowd of environments', () => {
    const many = Array.from({ length: 21 }, (_, at) => `env-${at}`);
    expect(checkDraft({ ...shop, environments: many }).environments).toContain('20 environments at most');
  });
});
