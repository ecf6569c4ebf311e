// @ts-check
/** The map of the house: which folder stands on which floor, and what each place is allowed. Change it on purpose only. */

/**
 * @typedef {'package' | 'testkit' | 'system' | 'bench' | 'tools' | 'root'} PlaceKind
 * @typedef {object} Place
 * @property {string} name Short name used in messages.
 * @property {string} folder Path from the repository root without a slash at its end; empty for the root itself.
 * @property {PlaceKind} kind
 * @property {number | null} floor Null where the floor rule does not apply: the testkit, the tools, the root.
 */

/** Floor of every package folder. An import goes to a lower floor only. */
export const PACKAGE_FLOORS = new Map([
  ['evaluator', 1],
  ['runtime', 1],
  ['protocol', 2],
  ['bus', 3],
  ['client', 3],
  ['edge', 4],
  ['openfeature-server', 4],
  ['openfeature-web', 4],
  ['server', 5],
  ['cli', 6],
  ['dashboard', 6],
  ['simulator', 6],
]);

const SYSTEM_FLOOR = 6;
const BENCH_FLOOR = 7;

/** Packages whose build holds what they import: their dependencies are devDependencies. */
export const BUNDLED = new Set(['dashboard']);

/** Files that a program writes; nobody reads them for their length. */
export const GENERATED = new Set(['packages/dashboard/src/api/openapi.d.ts']);

/** What the build makes of files that were read each by itself. */
export const MADE_BY_BUILD = new Set(['packages/cli/dist/bundle/index.js']);

/** The highest floor that the testkit may import: it serves the tests of everything above. */
export const TESTKIT_CEILING = 2;

/**
 * Imports within one floor that the design allows, `from to`: the system tests start the product by its command, which finds
 * the dashboard’s files, and judge real processes by the simulator’s checker.
 */
export const SAME_FLOOR = new Set(['system cli', 'system simulator', 'cli dashboard']);

/** The modules of the server from the lowest to the highest: a module imports only those before it. */
export const MODULE_ORDER = [
  'audit',
  'changes',
  'projects',
  'access',
  'identity',
  'segments',
  'flags',
  'search',
  'publishing',
  'presence',
  'history',
  'insights',
  'fleet',
  'candidates',
];

/** Files that run code; each is parsed. */
export const CODE = /\.(?:[cm]?[jt]s|[jt]sx)$/;

/** Files this check looks at: code, and style sheets for their length. */
export const CHECKED = /\.(?:[cm]?[jt]s|[jt]sx|css)$/;

const ROOT_CONFIG = /^[a-z.-]+\.config\.[cm]?[jt]s$/;
const TEST_FOLDER = /^packages\/[^/]+\/(?:test-support\/|(?:.+\/)?contract\/)/;
const TEST_FILE = /\.(?:test|contract)\.[cm]?[jt]sx?$/;

/**
 * @param {string} path From the repository root, with forward slashes.
 * @returns {Place | null} Null when no place of the design holds it.
 */
export function placeOf(path) {
  const [top, second] = path.split('/');
  if (top === 'packages' && second !== undefined && path.length > top.length + second.length + 2) {
    const folder = `packages/${second}`;
    if (second === 'testkit') return { name: 'testkit', folder, kind: 'testkit', floor: null };
    const floor = PACKAGE_FLOORS.get(second);
    return floor === undefined ? null : { name: second, folder, kind: 'package', floor };
  }
  if (second === undefined) {
    return ROOT_CONFIG.test(path) ? { name: 'root', folder: '', kind: 'root', floor: null } : null;
  }
  if (top === 'system') return { name: 'system', folder: 'system', kind: 'system', floor: SYSTEM_FLOOR };
  if (top === 'bench') return { name: 'bench', folder: 'bench', kind: 'bench', floor: BENCH_FLOOR };
  if (top === 'tools') return { name: 'tools', folder: 'tools', kind: 'tools', floor: null };
  return null;
}

/**
 * Test support: tests, contract suites (`*.contract.ts`, or any file of a `contract/` folder), a package’s `test-support/` folder beside `src/`, the testkit, the system tests and the benches.
 *
 * @param {string} path
 * @param {Place} place
 */
export function isTestSupport(path, place) {
  if (place.kind === 'testkit' || place.kind === 'system' || place.kind === 'bench') return true;
  return TEST_FILE.test(path) || TEST_FOLDER.test(path);
}
