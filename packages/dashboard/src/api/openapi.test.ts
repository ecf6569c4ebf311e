import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

it('has the API types of the openapi.json that is committed', () => {
  const document = readFileSync(new URL('../../../../openapi.json', import.meta.url));
  const [first] = readFileSync(new URL('./openapi.d.ts', import.meta.url), 'utf8').split('\n');
  const hash = createHash('sha256').update(document).digest('hex');
  expect(first, 'write it with `npm run openapi` and commit it').toBe(`// sha256 of openapi.json: ${hash}`);
});
