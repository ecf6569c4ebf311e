// @ts-check
/** Compiles the packages and builds the dashboard when their sources are newer than the last build. */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { currentStamp } from './install.mjs';
import { withLock } from './lock.mjs';
import { ROOT, run, say, scriptOf, SetupError } from './run.mjs';

const TIMEOUT_MS = 10 * 60_000;
const TEST_FILE = /\.test\.tsx?$/;
/** Prepares the folder of an empty embedded database, so that a first start need not. */
const TEMPLATE_SCRIPT = 'packages/server/dist/build-template.js';
const TEMPLATE_FOLDER = 'packages/server/.template';
/** The dashboard is made by Vite; what its bundle is made of besides `src`, and the file that the server gives out. */
const DASHBOARD = 'packages/dashboard';
const DASHBOARD_INPUTS = ['index.html', 'vite.config.ts', 'compress-assets.ts'];
const DASHBOARD_RESULT = `${DASHBOARD}/dist/index.html`;
/** Makes a few files of the program, which start quicker; the last that it writes. */
const BUNDLE_SCRIPT = 'tools/setup/bundle.mjs';
const BUNDLE_RESULT = 'packages/cli/dist/bundle/made-of.json';
/** The published schema, and where the server's package carries it. */
const SCHEMA = 'spec/ruleset.schema.json';
const SERVED_SCHEMA = 'packages/server/schemas/ruleset.schema.json';

/**
 * Builds when a source, a manifest, a compiler setting, a migration, the published schema or the dependencies changed since the last build,
 * or when its result was removed. Needs the dependencies to be installed.
 *
 * @throws {SetupError} When the build fails; the message holds the compiler's output.
 */
export async function ensureBuilt() {
  if (isBuilt()) return;
  await withLock(ROOT, async () => {
    if (isBuilt()) return;
    await build();
  });
}

async function build() {
  say('Building (a few seconds) ...');
  const started = Date.now();
  // Taken before: a file saved while the compiler runs makes the next command build again.
  const sources = sourceStamp();
  await runStep('The build failed', [scriptOf('typescript', 'tsc'), '-b']);
  if (existsSync(join(ROOT, TEMPLATE_SCRIPT))) {
    await runStep('The template of the embedded database could not be prepared', [join(ROOT, TEMPLATE_SCRIPT)]);
  }
  if (existsSync(join(ROOT, DASHBOARD))) await buildDashboard();
  if (existsSync(join(ROOT, BUNDLE_SCRIPT)))
    await runStep('The program could not be bundled', [join(ROOT, BUNDLE_SCRIPT)]);
  mkdirSync(dirname(join(ROOT, SERVED_SCHEMA)), { recursive: true });
  copyFileSync(join(ROOT, SCHEMA), join(ROOT, SERVED_SCHEMA));
  writeFileSync(stampPath(), JSON.stringify({ sources, results: results() }));
  say(`Built in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
}

async function buildDashboard() {
  const args = [scriptOf('vite'), 'build', '--logLevel', 'warn', join(ROOT, DASHBOARD)];
  await runStep('The dashboard could not be built', args);
}

/**
 * @param {string} failure What to say when it fails.
 * @param {readonly string[]} args
 */
async function runStep(failure, args) {
  const { code, output } = await run(process.execPath, args, { timeoutMs: TIMEOUT_MS });
  if (code !== 0) throw new SetupError(`${output.trim()}\n\n${failure} (code ${code}); the reason is above.`);
}

function isBuilt() {
  try {
    const stamp = JSON.parse(readFileSync(stampPath(), 'utf8'));
    return stamp.sources === sourceStamp() && stamp.results.every((/** @type {string} */ path) => existsSync(path));
  } catch {
    return false;
  }
}

/** Changes with the name, size or modification time of any file the build reads. */
function sourceStamp() {
  const hash = createHash('sha256').update(currentStamp());
  const add = (/** @type {string} */ path) => {
    const { size, mtimeMs } = statSync(path);
    hash.update(`${path}\0${size}\0${mtimeMs}\n`);
  };
  const addFolder = (/** @type {string} */ folder) => {
    if (!existsSync(folder)) return;
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) addFolder(path);
      else if (entry.isFile() && !TEST_FILE.test(entry.name)) add(path);
    }
  };
  const addSettings = (/** @type {string} */ folder) => {
    for (const name of readdirSync(folder)) {
      if (name === 'package.json' || /^tsconfig.*\.json$/.test(name)) add(join(folder, name));
    }
  };
  addSettings(ROOT);
  for (const folder of packageFolders()) {
    addSettings(folder);
    addFolder(join(folder, 'src'));
  }
  for (const name of DASHBOARD_INPUTS) if (existsSync(join(ROOT, DASHBOARD, name))) add(join(ROOT, DASHBOARD, name));
  addFolder(join(ROOT, 'packages/server/migrations'));
  add(join(ROOT, SCHEMA));
  return hash.digest('hex');
}

/** What a build leaves behind, as far as it is there. */
function results() {
  const notes = packageFolders().map((folder) => join(folder, 'dist', '.tsbuildinfo'));
  return [
    ...notes,
    ...[TEMPLATE_FOLDER, SERVED_SCHEMA, DASHBOARD_RESULT, BUNDLE_RESULT].map((path) => join(ROOT, path)),
  ].filter((path) => existsSync(path));
}

function packageFolders() {
  const packages = join(ROOT, 'packages');
  const entries = readdirSync(packages, { withFileTypes: true });
  return entries.flatMap((entry) => (entry.isDirectory() ? [join(packages, entry.name)] : []));
}

function stampPath() {
  return join(ROOT, 'node_modules', '.flaghoist-build');
}
