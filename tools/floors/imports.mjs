// @ts-check
/** Reads every module reference out of one source text. */
import { parseSync, Visitor } from 'oxc-parser';

/**
 * @typedef {object} Import
 * @property {string} specifier Empty when `computed`.
 * @property {number} line Counted from 1.
 * @property {boolean} typeOnly True when nothing of it is left at run time.
 * @property {boolean} computed True for `import(expression)`, whose module no reader of the source can know.
 *
 * @typedef {{ ok: true; imports: Import[]; opening: string } | { ok: false; line: number; message: string }} Parsed
 *   `opening` is the text of a block comment that the file begins with, else empty.
 */

const REFERENCE = /^\/\s*<reference\s+(types|path)=["']([^"']+)["']/;

/**
 * Finds static imports, re-exports, dynamic imports, `import x = require()`, `import('x').T` types, `declare module 'x'`, `require()`,
 * `import.meta.resolve()` and reference comments.
 *
 * @param {string} path Its extension chooses the language.
 * @param {string} text
 * @returns {Parsed}
 */
export function parseImports(path, text) {
  const result = parseSync(path, text);
  const lineOf = lineCounter(text);
  const [failure] = result.errors;
  if (failure) return { ok: false, line: lineOf(failure.labels[0]?.start ?? 0), message: failure.message };

  /** @type {Import[]} */
  const imports = [];
  /** @param {string | undefined} specifier @param {number} start @param {boolean} typeOnly */
  const add = (specifier, start, typeOnly) => {
    imports.push({ specifier: specifier ?? '', line: lineOf(start), typeOnly, computed: specifier === undefined });
  };
  referencesOf(result.comments, add);
  new Visitor(collector(add)).visit(result.program);
  imports.sort((a, b) => a.line - b.line);
  return { ok: true, imports, opening: openingComment(text, result.comments[0]) };
}

/**
 * @param {(specifier: string | undefined, start: number, typeOnly: boolean) => void} add
 * @returns {import('oxc-parser').VisitorObject}
 */
function collector(add) {
  return {
    ImportDeclaration(node) {
      add(node.source.value, node.start, node.importKind === 'type');
    },
    ExportNamedDeclaration(node) {
      if (node.source) add(node.source.value, node.start, node.exportKind === 'type');
    },
    ExportAllDeclaration(node) {
      add(node.source.value, node.start, node.exportKind === 'type');
    },
    ImportExpression(node) {
      add(literalText(node.source), node.start, false);
    },
    TSImportType(node) {
      add(node.source.value, node.start, true);
    },
    TSExternalModuleReference(node) {
      add(node.expression.value, node.start, false);
    },
    TSModuleDeclaration(node) {
      // `declare module '*.svg'` describes a pattern and leads nowhere.
      if (node.id.type === 'Literal' && !node.id.value.includes('*')) add(node.id.value, node.start, true);
    },
    CallExpression(node) {
      if (!loadsModule(node.callee)) return;
      const specifier = node.arguments[0] && literalText(node.arguments[0]);
      if (specifier !== undefined) add(specifier, node.start, false);
    },
  };
}

/**
 * @param {readonly import('oxc-parser').Comment[]} comments
 * @param {(specifier: string, start: number, typeOnly: boolean) => void} add
 */
function referencesOf(comments, add) {
  for (const comment of comments) {
    const [, kind, name] = (comment.type === 'Line' && REFERENCE.exec(comment.value)) || [];
    if (name === undefined) continue;
    if (kind === 'types') add(name === 'node' ? 'node:' : name, comment.start, true);
    else add(/^\.\.?\//.test(name) ? name : `./${name}`, comment.start, true);
  }
}

/**
 * True for `require`, `require.resolve` and `import.meta.resolve`.
 *
 * @param {import('oxc-parser').Expression} callee
 */
function loadsModule(callee) {
  if (callee.type === 'Identifier') return callee.name === 'require';
  if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return false;
  if (callee.property.name !== 'resolve') return false;
  return (
    callee.object.type === 'MetaProperty' || (callee.object.type === 'Identifier' && callee.object.name === 'require')
  );
}

/**
 * @param {import('oxc-parser').Argument} node
 * @returns {string | undefined} The text of a string literal or of a template without expressions.
 */
function literalText(node) {
  if (node.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node.type === 'TemplateLiteral' && node.expressions.length === 0)
    return node.quasis[0]?.value.cooked ?? undefined;
  return undefined;
}

/**
 * @param {string} text
 * @param {import('oxc-parser').Comment | undefined} first
 */
function openingComment(text, first) {
  if (first?.type !== 'Block' || text.slice(0, first.start).trim() !== '') return '';
  return text.slice(first.start, first.end);
}

/** @param {string} text */
function lineCounter(text) {
  /** @type {number[]} */
  const ends = [];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) ends.push(at);
  return (/** @type {number} */ offset) => {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[middle] ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  };
}
