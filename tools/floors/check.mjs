// @ts-check
/** Runs every rule over a repository. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkEdgeReach, checkLength, checkName, findCircles } from './house-rules.mjs';
import { checkImport } from './import-rules.mjs';
import { parseImports } from './imports.mjs';
import { checkInnerWalls, checkModuleEntries } from './inner-walls.mjs';
import { CODE, GENERATED, isTestSupport, placeOf } from './places.mjs';
import { askGit, walkTree } from './tree.mjs';
import { readWorkspace, resolveImport } from './workspace.mjs';

/**
 * @typedef {import('./import-rules.mjs').Reference} Reference
 * @typedef {import('./import-rules.mjs').Finding} Finding
 * @typedef {import('./workspace.mjs').Workspace} Workspace
 *
 * @typedef {object} Violation
 * @property {string} file
 * @property {number} line 0 when the whole file is meant.
 * @property {string} specifier Empty when no import is meant.
 * @property {string} rule
 * @property {string} message
 *
 * @typedef {{ files: number; imports: number; violations: Violation[] }} Report
 */

/**
 * @param {string} root The folder of the repository.
 * @returns {Report} `files` counts the files that were parsed, `imports` the references found in them.
 * @throws {Error} When the files cannot be listed at all.
 */
export function checkFloors(root) {
  const walked = walkTree(root);
  const git = askGit(root);
  /** @type {Violation[]} */
  const violations = [...compareLists(walked, git.checked)];
  for (const file of git.all) addAll(violations, { file }, checkName(file));

  // Read whatever either road found: a file that only one of them knows is judged as well as reported.
  const files = [...new Set([...walked, ...git.checked])].sort();
  const code = files.filter((file) => CODE.test(file));
  const workspace = readWorkspace(root, code);
  /** @type {Map<string, Reference[]>} */
  const references = new Map();
  /** @type {Map<string, string>} */
  const openings = new Map();
  for (const file of files) {
    const read = readOne(workspace, file);
    violations.push(...read.violations);
    if (!read.references) continue;
    references.set(file, read.references);
    openings.set(file, read.opening);
  }
  const imports = [...references.values()].flat();
  for (const reference of imports) {
    addAll(violations, reference, [...checkImport(workspace, reference), ...checkInnerWalls(reference)]);
  }
  for (const { file, finding } of checkModuleEntries(code, (path) => openings.get(path) ?? '')) {
    addAll(violations, { file }, [finding]);
  }
  for (const { file, finding } of checkEdgeReach(references)) addAll(violations, { file }, [finding]);
  violations.push(...circles(references), ...checkCount(references.size, code.length));
  violations.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line));
  return { files: references.size, imports: imports.length, violations };
}

/**
 * @param {Violation} violation
 * @returns {string} `file:line: 'specifier' message [rule]`
 */
export function describeViolation({ file, line, specifier, rule, message }) {
  const where = file === '' ? '' : `${file}${line === 0 ? '' : `:${line}`}: `;
  return `${where}${specifier === '' ? '' : `'${specifier}' `}${message} [${rule}]`;
}

/**
 * @param {readonly string[]} walked
 * @param {readonly string[]} listed
 */
function compareLists(walked, listed) {
  /** @type {Violation[]} */
  const violations = [];
  const inGit = new Set(listed);
  const onDisk = new Set(walked);
  for (const file of listed) {
    if (!onDisk.has(file))
      addAll(violations, { file }, [coverage('git knows it, but the walk over the folders missed it')]);
  }
  for (const file of walked) {
    if (!inGit.has(file)) addAll(violations, { file }, [coverage('lies in the tree, but git ignores it')]);
  }
  return violations;
}

/**
 * @param {number} parsed
 * @param {number} listed
 */
function checkCount(parsed, listed) {
  /** @type {Violation[]} */
  const violations = [];
  if (listed === 0) addAll(violations, { file: '' }, [coverage('no source file was found')]);
  if (parsed !== listed) {
    addAll(violations, { file: '' }, [coverage(`only ${parsed} of ${listed} source files could be judged`)]);
  }
  return violations;
}

/**
 * @param {Workspace} workspace
 * @param {string} file
 * @returns {{ violations: Violation[]; references: Reference[] | null; opening: string }} `references` is null when the file was not judged.
 */
function readOne(workspace, file) {
  /** @type {Violation[]} */
  const violations = [];
  const failed = { violations, references: null, opening: '' };
  let text;
  try {
    text = readFileSync(join(workspace.root, file), 'utf8');
  } catch (error) {
    addAll(violations, { file }, [{ rule: 'parse', message: `cannot be read: ${String(error)}` }]);
    return failed;
  }
  if (!GENERATED.has(file)) addAll(violations, { file }, checkLength(text));
  if (!CODE.test(file)) return failed;
  const place = placeOf(file);
  if (!place) {
    const message = 'belongs to no floor: move it, or add its folder to tools/floors/places.mjs on purpose';
    addAll(violations, { file }, [{ rule: 'place', message }]);
    return failed;
  }
  const parsed = parseImports(file, text);
  if (!parsed.ok) {
    addAll(violations, { file, line: parsed.line }, [{ rule: 'parse', message: `does not parse: ${parsed.message}` }]);
    return failed;
  }
  const testSupport = isTestSupport(file, place);
  const references = parsed.imports.map((found) => {
    const target = resolveImport(workspace, file, found.specifier);
    return { ...found, file, place, testSupport, target };
  });
  return { violations, references, opening: parsed.opening };
}

/** @param {ReadonlyMap<string, readonly Reference[]>} references */
function circles(references) {
  /** @type {Map<string, string[]>} */
  const graph = new Map();
  for (const [file, list] of references) {
    graph.set(
      file,
      list.flatMap(({ target }) => ('file' in target && target.file !== null ? [target.file] : [])),
    );
  }
  /** @type {Violation[]} */
  const violations = [];
  for (const circle of findCircles(graph)) {
    const message = `files import each other in a circle: ${circle.join(' > ')}`;
    addAll(violations, { file: circle[0] ?? '' }, [{ rule: 'cycles', message }]);
  }
  return violations;
}

/** @param {string} message @returns {Finding} */
function coverage(message) {
  return { rule: 'coverage', message };
}

/**
 * @param {Violation[]} violations
 * @param {{ file: string; line?: number; specifier?: string }} where
 * @param {readonly Finding[]} findings
 */
function addAll(violations, { file, line = 0, specifier = '' }, findings) {
  for (const finding of findings) violations.push({ file, line, specifier, ...finding });
}
