// @ts-check
/** Rules on files and on the whole graph: length, names, circles, and the edge that reaches no database driver. */
import { isDatabaseDriver } from './import-rules.mjs';

/**
 * @typedef {import('./import-rules.mjs').Reference} Reference
 * @typedef {import('./import-rules.mjs').Finding} Finding
 */

export const MAX_LINES = 400;
const FORBIDDEN_NAMES = new Set(['shared', 'common', 'types', 'utils', 'helpers']);

/**
 * @param {string} text
 * @returns {Finding[]}
 */
export function checkLength(text) {
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  if (lines <= MAX_LINES) return [];
  return [{ rule: 'lines', message: `has ${lines} lines, more than ${MAX_LINES}: split it by subject` }];
}

/**
 * @param {string} path
 * @returns {Finding[]}
 */
export function checkName(path) {
  const words = path.split('/').map((part, at, parts) => (at === parts.length - 1 ? (part.split('.')[0] ?? '') : part));
  const word = words.find((part) => FORBIDDEN_NAMES.has(part));
  if (word === undefined) return [];
  return [{ rule: 'names', message: `'${word}' says nothing: name the file or folder for what it holds` }];
}

/**
 * Finds circles of imports, by types too. One circle, a shortest one, is given for each knot of files.
 *
 * @param {ReadonlyMap<string, readonly string[]>} graph File to the files it imports.
 * @returns {string[][]} Each circle begins and ends with the same file.
 */
export function findCircles(graph) {
  return knotsOf(graph).flatMap((knot) => {
    const start = [...knot].sort()[0];
    if (start === undefined) return [];
    const circle = shortestPath(
      graph,
      start,
      (file) => file === start,
      (file) => knot.has(file),
    );
    return circle ? [circle] : [];
  });
}

/**
 * Follows what the edge loads at run time through every package, and reports each way that ends at a database driver.
 *
 * @param {ReadonlyMap<string, readonly Reference[]>} references Imports of every file.
 * @returns {{ file: string; finding: Finding }[]}
 */
export function checkEdgeReach(references) {
  /** @type {Map<string, string[]>} */
  const graph = new Map();
  for (const [file, list] of references) {
    graph.set(
      file,
      list.flatMap((reference) => (reference.typeOnly ? [] : loadedBy(reference))),
    );
  }
  const seeds = [...references].filter(([, [first]]) => first?.place.name === 'edge' && !first.testSupport);
  /** @type {{ file: string; finding: Finding }[]} */
  const found = [];
  for (const [seed] of seeds) {
    const path = shortestPath(
      graph,
      seed,
      isDatabaseDriver,
      (file) => file === seed || !file.startsWith('packages/edge/'),
    );
    // Two steps are a direct import, which the rule on single imports reports with its line.
    if (!path || path.length < 3) continue;
    found.push({
      file: seed,
      finding: { rule: 'drivers', message: `reaches a PostgreSQL driver: ${path.join(' > ')}` },
    });
  }
  return found;
}

/** @param {Reference} reference @returns {string[]} */
function loadedBy({ target }) {
  if (target.kind === 'npm') return [target.name];
  if (target.kind === 'relative' || target.kind === 'workspace') return target.file === null ? [] : [target.file];
  return [];
}

/**
 * A shortest way of at least one step from `start` to a node that `isGoal` accepts, by nodes that `mayPass` accepts.
 *
 * @param {ReadonlyMap<string, readonly string[]>} graph
 * @param {string} start
 * @param {(node: string) => boolean} isGoal
 * @param {(node: string) => boolean} mayPass
 * @returns {string[] | null}
 */
function shortestPath(graph, start, isGoal, mayPass) {
  /** @type {Map<string, string>} */
  const cameFrom = new Map();
  const queue = [start];
  for (const node of queue) {
    for (const next of graph.get(node) ?? []) {
      if (isGoal(next)) return [...trace(cameFrom, start, node), next];
      if (next === start || cameFrom.has(next) || !mayPass(next)) continue;
      cameFrom.set(next, node);
      queue.push(next);
    }
  }
  return null;
}

/** @param {ReadonlyMap<string, string>} cameFrom @param {string} start @param {string} end */
function trace(cameFrom, start, end) {
  const path = [end];
  for (let at = end; at !== start; ) {
    at = cameFrom.get(at) ?? start;
    path.unshift(at);
  }
  return path;
}

/**
 * The strongly connected components that hold a circle (Tarjan, 1972), without recursion so that depth has no limit.
 *
 * @param {ReadonlyMap<string, readonly string[]>} graph
 * @returns {Set<string>[]}
 */
function knotsOf(graph) {
  /** @type {Map<string, { index: number; low: number; open: boolean }>} */
  const marks = new Map();
  /** @type {string[]} */
  const stack = [];
  /** @type {Set<string>[]} */
  const knots = [];
  const enter = (/** @type {string} */ node) => {
    const mark = { index: marks.size, low: marks.size, open: true };
    marks.set(node, mark);
    stack.push(node);
    return { node, mark, edges: (graph.get(node) ?? [])[Symbol.iterator]() };
  };
  for (const root of graph.keys()) {
    if (marks.has(root)) continue;
    const frames = [enter(root)];
    for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
      const { value: next, done } = frame.edges.next();
      if (!done) {
        const seen = marks.get(next);
        if (!seen) frames.push(enter(next));
        else if (seen.open) frame.mark.low = Math.min(frame.mark.low, seen.index);
        continue;
      }
      frames.pop();
      const parent = frames.at(-1);
      if (parent) parent.mark.low = Math.min(parent.mark.low, frame.mark.low);
      if (frame.mark.low !== frame.mark.index) continue;
      const knot = new Set(stack.splice(stack.lastIndexOf(frame.node)));
      for (const member of knot) marks.set(member, { index: -1, low: -1, open: false });
      if (knot.size > 1 || (graph.get(frame.node) ?? []).includes(frame.node)) knots.push(knot);
    }
  }
  return knots;
}
