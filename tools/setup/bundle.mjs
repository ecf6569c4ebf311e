// @ts-check
/**
 * `node tools/setup/bundle.mjs`: makes a few files of the thousand that `flaghoist` consists of, from what the compiler
 * wrote; reading them one by one is a third of the processor time of a start (decision 0046). What is loaded late stays
 * apart. packages/cli/bin/program.js decides whether they are used.
 */
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build } from 'vite';
import { ROOT } from './run.mjs';

const BUNDLE = join(ROOT, 'packages/cli/dist/bundle');
/** Made of hundreds of small files each, which is what takes the time. Everything else is loaded as it was installed. */
const INCLUDED = [/^@flaghoist\//, 'kysely', 'typebox'];

// Before the files are read: one that is compiled meanwhile makes the bundle out of date.
const compiled = compilerNotes();
await build({
  configFile: false,
  root: ROOT,
  logLevel: 'error',
  publicDir: false,
  plugins: [{ name: 'own-address', transform: keepAddress }],
  ssr: { noExternal: INCLUDED },
  build: {
    ssr: join(ROOT, 'packages/cli/dist/index.js'),
    outDir: BUNDLE,
    emptyOutDir: true,
    minify: false,
    target: 'node20',
    rollupOptions: { output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' } },
  },
});
writeFileSync(join(BUNDLE, 'made-of.json'), JSON.stringify(compiled));

/**
 * Migrations, threads and the like are found from the file that names them, which is elsewhere than the bundle.
 *
 * @param {string} code
 * @param {string} file
 */
function keepAddress(code, file) {
  if (!code.includes('import.meta.url')) return null;
  const address = `new URL(${JSON.stringify(relative(BUNDLE, file).replaceAll('\\', '/'))}, import.meta.url).href`;
  return { code: code.replaceAll('import.meta.url', address), map: null };
}

/** The note that the compiler leaves in each package when it writes anything there, and when it did. */
function compilerNotes() {
  const packages = join(ROOT, 'packages');
  return readdirSync(packages).flatMap((name) => {
    const note = join(packages, name, 'dist/.tsbuildinfo');
    const mtimeMs = statSync(note, { throwIfNoEntry: false })?.mtimeMs;
    return mtimeMs === undefined ? [] : [{ note: relative(BUNDLE, note).replaceAll('\\', '/'), mtimeMs }];
  });
}
