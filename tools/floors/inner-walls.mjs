// @ts-check
/** The walls inside three packages: the modules of the server, the doors of the edge, and the folders of the dashboard. */
import { MODULE_ORDER } from './places.mjs';

/**
 * @typedef {import('./import-rules.mjs').Reference} Reference
 * @typedef {import('./import-rules.mjs').Finding} Finding
 */

const SERVER = 'packages/server/src/';
const MODULES = `${SERVER}modules/`;
const PLATFORM = `${SERVER}platform/`;
const COMPOSE = /^packages\/server\/src\/compose(?:\.ts|\/)/;
const DASHBOARD = /^packages\/dashboard\/src\/([^/]+)\/(?:([^/]+)\/)?/;
const DOOR = /^packages\/edge\/src\/doors\/([^/]+)\//;

/** Packages that only `compose.ts` may bring into the server, so that everything else can be given another one. */
const ADAPTERS = new Set(['@flaghoist/bus/nats', '@flaghoist/bus/postgres', '@flaghoist/edge']);

/** What the doc comment at the top of a module's entry must say. */
const HEADER_WORDS = ['Owns:', 'Tables:', 'Emits:', 'Never:'];

/**
 * @param {Reference} reference
 * @returns {Finding[]}
 */
export function checkInnerWalls(reference) {
  return [
    ...checkAdapters(reference),
    ...checkModules(reference),
    ...checkDoors(reference),
    ...checkDashboard(reference),
  ];
}

/**
 * The name of the server module that holds a file, or null outside of modules. A file that lies in `modules/` itself is its own name.
 *
 * @param {string} path
 */
export function moduleOf(path) {
  return path.startsWith(MODULES) ? (path.slice(MODULES.length).split('/')[0] ?? null) : null;
}

/**
 * Checks that every module is on the list and opens with its header.
 *
 * @param {readonly string[]} files
 * @param {(path: string) => string} openingOf The block comment a file begins with, else empty.
 * @returns {{ file: string; finding: Finding }[]}
 */
export function checkModuleEntries(files, openingOf) {
  const modules = new Map(files.flatMap((path) => (moduleOf(path) === null ? [] : [[moduleOf(path) ?? '', path]])));
  /** @type {{ file: string; finding: Finding }[]} */
  const found = [];
  for (const [name, anyFile] of modules) {
    const entry = `${MODULES}${name}/index.ts`;
    if (!MODULE_ORDER.includes(name)) {
      const message = `the module '${name}' has no place in the order: add it to MODULE_ORDER in tools/floors/places.mjs`;
      found.push({ file: anyFile, finding: { rule: 'modules', message } });
    } else if (files.includes(entry)) {
      const opening = openingOf(entry);
      const missing = opening.startsWith('/**') ? HEADER_WORDS.filter((word) => !opening.includes(word)) : HEADER_WORDS;
      if (missing.length === 0) continue;
      const message = `must open with a doc comment that says ${HEADER_WORDS.join(' ')} (missing: ${missing.join(' ')})`;
      found.push({ file: entry, finding: { rule: 'header', message } });
    } else {
      found.push({ file: anyFile, finding: { rule: 'header', message: `the module '${name}' has no index.ts` } });
    }
  }
  return found;
}

/** @param {Reference} reference @returns {Finding[]} */
function checkAdapters({ file, testSupport, specifier }) {
  if (!file.startsWith(SERVER) || testSupport || COMPOSE.test(file) || !ADAPTERS.has(specifier)) return [];
  return [{ rule: 'adapters', message: 'only compose.ts chooses adapters: take this one as an argument' }];
}

/** @param {Reference} reference @returns {Finding[]} */
function checkModules({ file, testSupport, target }) {
  if (target.kind !== 'relative' || !file.startsWith(SERVER) || !target.path.startsWith(SERVER)) return [];
  const from = moduleOf(file);
  const to = moduleOf(target.path);
  if (from === null) {
    if (!file.startsWith(PLATFORM)) return [];
    if (to !== null) return [{ rule: 'modules', message: `platform must not import a module: ${to}` }];
    if (COMPOSE.test(target.path)) return [{ rule: 'modules', message: 'platform must not import compose.ts' }];
    return [];
  }
  if (to === null) {
    if (target.path.startsWith(PLATFORM) || testSupport) return [];
    return [{ rule: 'modules', message: `the module '${from}' imports platform and lower modules only` }];
  }
  if (to === from) return [];
  if (target.path !== `${MODULES}${to}/index.ts`) {
    return [{ rule: 'modules', message: `reaches into the module '${to}': use ../${to}/index.ts` }];
  }
  if (MODULE_ORDER.indexOf(to) < MODULE_ORDER.indexOf(from)) return [];
  const order = MODULE_ORDER.join(' < ');
  return [
    { rule: 'modules', message: `the module '${from}' must not import '${to}', which is not below it: ${order}` },
  ];
}

/** @param {Reference} reference @returns {Finding[]} */
function checkDoors({ file, target }) {
  if (target.kind !== 'relative') return [];
  const from = DOOR.exec(file)?.[1];
  const to = DOOR.exec(target.path)?.[1];
  if (from === undefined || to === undefined || from === to) return [];
  return [{ rule: 'doors', message: `the door '${from}' must not know the door '${to}'` }];
}

/**
 * In the dashboard `ui` and `api` know nothing of what uses them, and the modules nothing of each other. `routes` and `app` bring them together.
 *
 * @param {Reference} reference
 * @returns {Finding[]}
 */
function checkDashboard({ file, target }) {
  if (target.kind !== 'relative') return [];
  const [, from, fromModule] = DASHBOARD.exec(file) ?? [];
  const [, to, toModule] = DASHBOARD.exec(target.path) ?? [];
  if (from === undefined || to === undefined || from === 'routes' || from === 'app') return [];
  if (from === 'ui' || from === 'api') {
    return from === to ? [] : [{ rule: 'dashboard', message: `${from} must not know ${to}: hand in what it needs` }];
  }
  if (from !== 'modules' || to === 'ui' || to === 'api') return [];
  if (to === 'modules' && fromModule === toModule) return [];
  const other = to === 'modules' ? `the module '${toModule}'` : to;
  return [{ rule: 'dashboard', message: `the module '${fromModule}' imports ui, api and itself, not ${other}` }];
}
