// @ts-check
/** `npm run openapi`: writes openapi.json from the routes, and from it the types that the dashboard calls them with. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, run, runScript, SetupError } from './setup/run.mjs';
import { ensureSideFolder } from './setup/side-folder.mjs';

const DOCUMENT = join(ROOT, 'openapi.json');
const TYPES = join(ROOT, 'packages/dashboard/src/api/openapi.d.ts');
/** It needs another generation of TypeScript than ours, as a library. */
const WRITER_FOLDER = join(ROOT, 'tools/openapi-types');

await runScript(async () => {
  await step([join(ROOT, 'packages/server/dist/write-openapi.js'), DOCUMENT]);
  await ensureSideFolder(WRITER_FOLDER, {
    what: 'The writer of API types',
    size: '40 MB',
    hint: 'openapi.json is written; packages/dashboard/src/api/openapi.d.ts is not.',
  });
  const writer = join(WRITER_FOLDER, 'node_modules/openapi-typescript/bin/cli.js');
  const types = await step([writer, DOCUMENT, '--root-types', '--root-types-no-schema-prefix']);
  const hash = createHash('sha256').update(readFileSync(DOCUMENT)).digest('hex');
  writeFileSync(TYPES, `// sha256 of openapi.json: ${hash}\n// Written by \`npm run openapi\`; do not edit.\n${types}`);
  return 0;
});

/** @param {readonly string[]} args */
async function step(args) {
  const { code, output } = await run(process.execPath, args, { cwd: ROOT });
  if (code !== 0)
    throw new SetupError(`${output.trim()}\n\n${args[0]} failed (code ${code}). Build first: npm run build`);
  return output;
}
