/** An entity that grows by small edits stops before it is larger than what its receivers take. */
import { LIMITS } from '@flaghoist/evaluator';
import type { ProblemDocument } from '@flaghoist/protocol/management';
import { expect, it } from 'vitest';
import { expectStatus } from '../test-support/api-client.ts';
import { makeProject } from '../test-support/project-in-use.ts';
import { startOver, stopCleanly } from '../test-support/started.ts';

const TEXTS = 70;

it('refuses the edit that makes a flag larger than an entity may be, and keeps the flag as it was', async () => {
  const { place, server, admin } = await startOver('embedded database');
  const project = await makeProject(admin);
  const large = Array.from({ length: TEXTS }, () => 'x'.repeat(LIMITS.variantTextLength));
  const flag = { key: 'large', type: 'object', variants: { v0: large } };
  await admin.write('POST', `${project}/flags`, flag);
  const add = (name: string) =>
    admin.send('PATCH', `${project}/flags/large`, { addVariants: { [name]: large } }, { ifMatch: '*' });
  const fitting = Math.floor(LIMITS.entityLength / (TEXTS * LIMITS.variantTextLength));
  for (let made = 1; made < fitting; made++) expectStatus(await add(`v${made}`), 200);
  const problem = expectStatus<ProblemDocument>(await add('more'), 400);
  expect(problem.errors?.map(({ code }) => code)).toEqual(['too_long']);
  expect((await admin.get<{ variants: readonly string[] }>(`${project}/flags/large`)).variants).toHaveLength(fitting);
  await stopCleanly({ place, server });
});
