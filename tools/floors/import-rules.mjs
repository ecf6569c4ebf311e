// @ts-check
/** Rules on one import that hold everywhere: declared, downward, through an entry, and pure where purity was promised. */
import { BUNDLED, isTestSupport, MADE_BY_BUILD, placeOf, SAME_FLOOR, TESTKIT_CEILING } from './places.mjs';
import { manifestOf } from './workspace.mjs';

/**
 * @typedef {import('./places.mjs').Place} Place
 * @typedef {import('./workspace.mjs').Workspace} Workspace
 * @typedef {import('./workspace.mjs').Target} Target
 * @typedef {import('./workspace.mjs').RelativeTarget} RelativeTarget
 * @typedef {import('./workspace.mjs').WorkspaceTarget} WorkspaceTarget
 *
 * @typedef {object} Reference One import, with all that the rules need to judge it.
 * @property {string} file
 * @property {Place} place
 * @property {boolean} testSupport Whether `file` is test support.
 * @property {number} line
 * @property {string} specifier
 * @property {boolean} typeOnly
 * @property {boolean} computed
 * @property {Target} target
 *
 * @typedef {{ rule: string; message: string }} Finding
 */

/** Packages whose source may run anywhere, so it names neither Node nor other people's code. */
const PURE = new Set(['evaluator', 'protocol', 'client']);

const DATABASE_DRIVER = /^(?:pg(?:-.+)?|postgres|kysely(?:-.+)?|@electric-sql\/pglite(?:-.+)?)$/;

/**
 * @param {Workspace} workspace
 * @param {Reference} reference
 * @returns {Finding[]}
 */
export function checkImport(workspace, reference) {
  const { target } = reference;
  if (reference.computed) return checkComputed(reference);
  if (target.kind === 'relative') return checkRelative(reference, target);
  if (target.kind === 'workspace') return checkWorkspace(workspace, reference, target);
  if (target.kind === 'builtin') return checkBuiltin(reference);
  if (target.kind === 'npm') return checkNpm(workspace, reference, target.name);
  return [{ rule: 'entry', message: 'is neither a relative path, a package nor a node: module' }];
}

/**
 * Whether a package is a PostgreSQL driver, which an edge must never load.
 *
 * @param {string} name
 */
export function isDatabaseDriver(name) {
  return DATABASE_DRIVER.test(name);
}

/** @param {Reference} reference @returns {Finding[]} */
function checkComputed({ place, testSupport }) {
  if (place.kind !== 'package' || testSupport) return [];
  return [{ rule: 'entry', message: 'import() of an expression hides where it leads: write the module as a literal' }];
}

/** @param {Reference} reference @param {RelativeTarget} target @returns {Finding[]} */
function checkRelative(reference, target) {
  const { place } = reference;
  if (placeOf(target.path)?.name !== place.name) {
    const home = place.folder === '' ? 'the root' : place.folder;
    return [{ rule: 'entry', message: `leaves ${home}: import the other package by its name, through an entry` }];
  }
  if (MADE_BY_BUILD.has(target.path)) return [];
  if (target.file === null) {
    return [{ rule: 'entry', message: `names no source file that this check has read (${target.path})` }];
  }
  return checkTestSupport(reference, target.file);
}

/** @param {Workspace} workspace @param {Reference} reference @param {WorkspaceTarget} target @returns {Finding[]} */
function checkWorkspace(workspace, reference, target) {
  const { place } = reference;
  const manifest = workspace.byName.get(target.name)?.manifest;
  const other = target.folder === null ? null : placeOf(`${target.folder}/package.json`);
  if (!manifest || !other) {
    return [{ rule: 'declared', message: `no known package of this workspace is called ${target.name}` }];
  }
  if (other.name === place.name) {
    return [{ rule: 'entry', message: 'is the package itself: import the file by its relative path' }];
  }
  /** @type {Finding[]} */
  const findings = [];
  // The root's package.json holds the whole workspace, so what stands beside the packages need not name each of them.
  const rootSpeaks = manifestOf(workspace, place) === workspace.rootManifest;
  if (!rootSpeaks) findings.push(...checkDeclared(workspace, reference, target.name));
  findings.push(...checkDirection(reference, other));
  if (!manifest.entries.has(target.entry)) {
    const entries = [...manifest.entries.keys()].join(', ') || 'nothing';
    findings.push({
      rule: 'entry',
      message: `reaches past the entries of ${target.name}: its package.json exports ${entries}`,
    });
  } else if (target.file === null && workspace.files.size > 0) {
    findings.push({ rule: 'entry', message: `the entry '${target.entry}' of ${target.name} has no source file` });
  }
  if (target.file !== null && other.kind !== 'testkit') findings.push(...checkTestSupport(reference, target.file));
  return findings;
}

/** @param {Reference} reference @param {Place} other @returns {Finding[]} */
function checkDirection({ place, testSupport }, other) {
  if (other.kind === 'testkit') {
    return testSupport
      ? []
      : [
          {
            rule: 'tests',
            message: 'the testkit is for tests only (*.test.ts, *.contract.ts, contract/, test-support/)',
          },
        ];
  }
  if (other.floor === null) return [];
  if (place.kind === 'testkit') {
    if (other.floor <= TESTKIT_CEILING) return [];
    return [
      { rule: 'floors', message: `the testkit imports floors 1 to ${TESTKIT_CEILING} only, not ${named(other)}` },
    ];
  }
  if (place.floor === null || other.floor < place.floor || SAME_FLOOR.has(`${place.name} ${other.name}`)) return [];
  const direction = other.floor === place.floor ? 'a neighbour on its own floor' : 'upward';
  return [{ rule: 'floors', message: `${named(place)} must not import ${direction}: ${named(other)}` }];
}

/** @param {Workspace} workspace @param {Reference} reference @param {string} name @returns {Finding[]} */
function checkDeclared(workspace, { place, testSupport }, name) {
  const manifest = manifestOf(workspace, place);
  if (manifest.shipped.has(name)) return [];
  const forTools = testSupport || place.kind !== 'package' || BUNDLED.has(place.name);
  if (manifest.development.has(name)) {
    if (forTools) return [];
    return [{ rule: 'declared', message: `${name} is only a devDependency in ${manifest.path}, and this is no test` }];
  }
  if (forTools && workspace.rootManifest.development.has(name)) return [];
  return [{ rule: 'declared', message: `${name} is not declared in ${manifest.path}` }];
}

/** @param {Reference} reference @returns {Finding[]} */
function checkBuiltin({ place, testSupport, specifier }) {
  if (!specifier.startsWith('node:')) {
    return [{ rule: 'declared', message: `write node:${specifier}` }];
  }
  if (testSupport || !PURE.has(place.name)) return [];
  return [{ rule: 'pure', message: `${place.name} names no runtime: what it needs from Node is handed in` }];
}

/** @param {Workspace} workspace @param {Reference} reference @param {string} name @returns {Finding[]} */
function checkNpm(workspace, reference, name) {
  const { file, place, testSupport } = reference;
  const findings = checkDeclared(workspace, reference, name);
  const schemas = name === 'typebox' && file.startsWith('packages/protocol/src/management/');
  const expressions = name === 're2js' && file.startsWith('packages/client/src/regex-engine');
  if (!testSupport && PURE.has(place.name) && !schemas && !expressions) {
    findings.push({ rule: 'pure', message: `${place.name} uses no third-party code` });
  }
  if (!testSupport && place.name === 'edge' && isDatabaseDriver(name)) {
    findings.push({ rule: 'drivers', message: 'an edge never loads a PostgreSQL driver' });
  }
  return findings;
}

/** @param {Reference} reference @param {string} targetFile @returns {Finding[]} */
function checkTestSupport({ testSupport }, targetFile) {
  const place = placeOf(targetFile);
  if (testSupport || !place || !isTestSupport(targetFile, place)) return [];
  if (place.kind !== 'package') return [];
  return [{ rule: 'tests', message: `${targetFile} is test support: source must not depend on it` }];
}

/** @param {Place} place */
function named(place) {
  return `${place.name} (floor ${place.floor})`;
}
