// @ts-check
/** The packages of the workspace as their package.json files describe them, and where an import leads. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, posix } from 'node:path';
import { CODE, placeOf } from './places.mjs';

/**
 * @typedef {import('./places.mjs').Place} Place
 *
 * @typedef {object} Manifest
 * @property {string} path
 * @property {string} name
 * @property {ReadonlySet<string>} shipped Dependencies of every kind that reach users.
 * @property {ReadonlySet<string>} development
 * @property {ReadonlyMap<string, string>} entries Sub-path of `exports` (`.`, `./x`) to the source file behind it.
 *
 * @typedef {object} Workspace
 * @property {string} root
 * @property {Manifest} rootManifest
 * @property {ReadonlyMap<string, Manifest>} byFolder
 * @property {ReadonlyMap<string, { manifest: Manifest; folder: string }>} byName
 * @property {ReadonlySet<string>} files Code files that this check reads.
 *
 * @typedef {{ kind: 'relative'; path: string; file: string | null }} RelativeTarget `file`: the source it names, null when none was read.
 * @typedef {{ kind: 'workspace'; name: string; entry: string; folder: string | null; file: string | null }} WorkspaceTarget
 * @typedef {{ kind: 'builtin'; name: string } | { kind: 'npm'; name: string } | { kind: 'unknown' }} OutsideTarget
 * @typedef {RelativeTarget | WorkspaceTarget | OutsideTarget} Target
 */

const SCOPE = '@flaghoist/';
const BUILTINS = new Set(builtinModules);
const BARE_NAME = /^(?:@[a-z0-9][\w.-]*\/)?[a-z0-9][\w.-]*/i;

/**
 * @param {string} root
 * @param {Iterable<string>} files Code files of the repository, from the root.
 * @returns {Workspace}
 * @throws {Error} When a package.json is missing at the root or is no JSON.
 */
export function readWorkspace(root, files) {
  const rootManifest = readManifest(root, '');
  if (rootManifest === null) throw new Error(`${root} has no package.json`);
  const packages = existsSync(join(root, 'packages')) ? readdirSync(join(root, 'packages')) : [];
  /** @type {Map<string, Manifest>} */
  const byFolder = new Map();
  /** @type {Map<string, { manifest: Manifest; folder: string }>} */
  const byName = new Map();
  for (const folder of [...packages.map((name) => `packages/${name}`), 'system', 'bench']) {
    const manifest = readManifest(root, folder);
    if (manifest === null) continue;
    byFolder.set(folder, manifest);
    if (manifest.name !== '') byName.set(manifest.name, { manifest, folder });
  }
  return { root, rootManifest, byFolder, byName, files: new Set(files) };
}

/**
 * The package.json that speaks for a place: its own, else the root's.
 *
 * @param {Workspace} workspace
 * @param {Place} place
 */
export function manifestOf(workspace, place) {
  return workspace.byFolder.get(place.folder) ?? workspace.rootManifest;
}

/**
 * @param {Workspace} workspace
 * @param {string} from The importing file.
 * @param {string} specifier
 * @returns {Target}
 */
export function resolveImport(workspace, from, specifier) {
  if (/^\.\.?(?:\/|$)/.test(specifier)) {
    const path = posix.normalize(posix.join(dirname(from), specifier.replace(/\?.*$/, '')));
    return { kind: 'relative', path, file: sourceFile(workspace, path) };
  }
  if (specifier.startsWith('node:')) return { kind: 'builtin', name: specifier };
  const name = BARE_NAME.exec(specifier)?.[0];
  if (name === undefined || /^[a-z][a-z+.-]*:/i.test(specifier)) return { kind: 'unknown' };
  const rest = specifier.slice(name.length);
  const known = workspace.byName.get(name);
  if (known || name.startsWith(SCOPE)) {
    const entry = `.${rest}`;
    const file = known?.manifest.entries.get(entry);
    const source = known && file !== undefined ? sourceFile(workspace, posix.join(known.folder, file)) : null;
    return { kind: 'workspace', name, entry, folder: known?.folder ?? null, file: source };
  }
  if (BUILTINS.has(specifier)) return { kind: 'builtin', name: specifier };
  return { kind: 'npm', name };
}

/**
 * Finds the file a path stands for. A path into a build leads to its source, so that the ways through builds are seen too.
 *
 * @param {Workspace} workspace
 * @param {string} path
 */
function sourceFile(workspace, path) {
  if (!CODE.test(path)) return placeOf(path) && existsSync(join(workspace.root, path)) ? path : null;
  const source = path.replace(/^(packages\/[^/]+)\/dist\//, '$1/src/');
  const candidates = [source, source.replace(/(?:\.d)?\.([cm]?)[jt]s$/, '.$1ts'), source.replace(/\.jsx?$/, '.tsx')];
  return candidates.find((candidate) => workspace.files.has(candidate)) ?? null;
}

/**
 * @param {string} root
 * @param {string} folder
 * @returns {Manifest | null}
 */
function readManifest(root, folder) {
  const path = folder === '' ? 'package.json' : `${folder}/package.json`;
  if (!existsSync(join(root, path))) return null;
  /** @type {Record<string, unknown>} */
  let json;
  try {
    json = JSON.parse(readFileSync(join(root, path), 'utf8'));
  } catch (error) {
    throw new Error(`${path} is not valid JSON`, { cause: error });
  }
  const names = (/** @type {string} */ field) => Object.keys(json[field] ?? {});
  return {
    path,
    name: typeof json.name === 'string' ? json.name : '',
    shipped: new Set([...names('dependencies'), ...names('peerDependencies'), ...names('optionalDependencies')]),
    development: new Set(names('devDependencies')),
    entries: readEntries(json.exports),
  };
}

/** @param {unknown} exported The `exports` of a package.json. */
function readEntries(exported) {
  /** @type {Map<string, string>} */
  const entries = new Map();
  if (typeof exported === 'string') entries.set('.', exported);
  if (typeof exported !== 'object' || exported === null) return entries;
  for (const [entry, target] of Object.entries(exported)) {
    const file = typeof target === 'string' ? target : target?.default;
    if (entry.startsWith('.') && typeof file === 'string') entries.set(entry, file);
  }
  return entries;
}
