// @ts-check
/** `node tools/check-floors.mjs [FOLDER]`: the floors, the entries and the house rules, over every file of the repository. */
import { fileURLToPath } from 'node:url';
import { checkFloors, describeViolation } from './floors/check.mjs';

const root = process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url));

try {
  const { files, imports, violations } = checkFloors(root);
  for (const violation of violations) console.log(describeViolation(violation));
  const word = violations.length === 1 ? 'violation' : 'violations';
  console.log(`floors: ${files} files, ${imports} imports, ${violations.length} ${word}`);
  process.exitCode = violations.length === 0 ? 0 : 1;
} catch (error) {
  console.error(`floors: the check could not run: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
