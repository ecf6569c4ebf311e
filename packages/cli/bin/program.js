/**
 * The program, from the few files that a build makes of it (tools/setup/bundle.mjs) when nothing was compiled since;
 * else from the packages, as they are when they are installed.
 */
import { readFileSync, statSync } from 'node:fs';

const BUNDLE = new URL('../dist/bundle/', import.meta.url);

/** @type {typeof import('../dist/index.js')} */
export const { main } = isCurrent() ? await import('../dist/bundle/index.js') : await import('../dist/index.js');

function isCurrent() {
  try {
    /** @type {readonly { readonly note: string; readonly mtimeMs: number }[]} */
    const madeOf = JSON.parse(readFileSync(new URL('made-of.json', BUNDLE), 'utf8'));
    return madeOf.every(({ note, mtimeMs }) => statSync(new URL(note, BUNDLE)).mtimeMs === mtimeMs);
  } catch {
    return false;
  }
}
