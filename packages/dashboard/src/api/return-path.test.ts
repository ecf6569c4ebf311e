import { expect, it } from 'vitest';
import { safeReturn } from './return-path.ts';

it('leads back into this program', () => {
  expect(safeReturn('/projects/shop/flags?q=a')).toBe('/projects/shop/flags?q=a');
});

it.each(['https://evil.test/', '//evil.test', '/\\evil.test', 'javascript:alert(1)', '', undefined, '/sign-in?to=%2F'])(
  'leads nowhere else: %s',
  (to) => {
    expect(safeReturn(to)).toBe('/');
  },
);
