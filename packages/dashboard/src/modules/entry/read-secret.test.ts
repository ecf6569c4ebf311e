import { expect, test } from 'vitest';
import { readSecret } from './use-link-secret.ts';

test('the secret of a link is what stands behind the #, without what a mail program hung on to it', () => {
  expect(readSecret('#fhi_Ab-1_2')).toBe('fhi_Ab-1_2');
  expect(readSecret('fhi_Ab12')).toBe('fhi_Ab12');
  expect(readSecret('#fhi_Ab12.')).toBe('fhi_Ab12');
  expect(readSecret('#fhi_Ab12%3E%20')).toBe('fhi_Ab12');
  expect(readSecret('#%E0%A4%A')).toBe('%E0%A4%A');
  expect(readSecret('')).toBe('');
});
