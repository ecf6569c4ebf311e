// @ts-check
/** `npm run check`: everything a tool can judge without running the product. All steps run; failures are told again at the end. */
import { ensureBuilt, ensureInstalled } from './setup.mjs';
import { Interrupted, ROOT, run, runScript, scriptOf } from './setup/run.mjs';

/** @type {readonly (readonly [name: string, step: () => Promise<string | null>])[]} A step returns what is wrong, or null. */
const STEPS = [
  ['build', building],
  ['format', program('@biomejs/biome', 'biome', ['ci', '.'])],
  ['lint', program('oxlint', 'oxlint', ['--type-aware'])],
  ['types of tests', program('typescript', 'tsc', ['-p', 'tsconfig.tests.json'])],
  ['types of tools', program('typescript', 'tsc', ['-p', 'tools'])],
  ['types of benches', program('typescript', 'tsc', ['-p', 'bench'])],
  ['types of dashboard', program('typescript', 'tsc', ['-p', 'packages/dashboard'])],
  ['dashboard’s tests', program('typescript', 'tsc', ['-p', 'packages/dashboard/tsconfig.tests.json'])],
  ['types of system', program('typescript', 'tsc', ['-p', 'system'])],
  ['floors', script('tools/check-floors.mjs')],
];

await runScript(async () => {
  await ensureInstalled();
  /** @type {string[]} */
  const failed = [];
  for (const [name, step] of STEPS) {
    const started = Date.now();
    const problem = await step();
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    console.log(`${name.padEnd(20)}${problem === null ? 'ok' : 'FAILED'}  ${seconds} s`);
    if (problem !== null) failed.push(`--- ${name}\n${problem.trim()}`);
  }
  if (failed.length === 0) return 0;
  console.log(`\n${failed.join('\n\n')}\n\n${failed.length} of ${STEPS.length} checks failed.`);
  return 1;
});

async function building() {
  try {
    await ensureBuilt();
    return null;
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * @param {string} packageName
 * @param {string} command
 * @param {readonly string[]} args
 */
function program(packageName, command, args) {
  return () => judge([scriptOf(packageName, command), ...args]);
}

/** @param {string} path */
function script(path) {
  return () => judge([path]);
}

/** @param {readonly string[]} args */
async function judge(args) {
  const { code, output } = await run(process.execPath, args, { cwd: ROOT });
  return code === 0 ? null : `${output}\n(code ${code})`;
}
