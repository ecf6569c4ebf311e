/** Turns what a checker found into paths a person can follow, and refuses text that no column can hold. */
import { TEXT_PATTERNS } from '@flaghoist/protocol/management';
import type { FastifySchemaValidationError } from 'fastify/types/schema.js';
import { type FieldProblem, invalid } from './refusal.ts';

const MOST = 20;
const DEEPEST = 64;
/** Members and elements of a body together: a segment has 100,000 keys at most. The checker tells every wrong one, which takes time. */
const MOST_VALUES = 200_000;

/** `/edits/0/set` -> `$.edits[0].set`. */
export function jsonPath(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((path, part) => path + (/^\d+$/.test(part) ? `[${part}]` : `.${part}`), '$');
}

export function toFieldProblems(errors: readonly FastifySchemaValidationError[], where: string): FieldProblem[] {
  // A failed union reports each branch; the branches say less than the union's own line.
  return errors.slice(0, MOST).map((error) => {
    const base = jsonPath(error.instancePath);
    const extra =
      error.keyword === 'additionalProperties' ? error.params['additionalProperty'] : error.params['missingProperty'];
    const path = typeof extra === 'string' ? `${base}.${extra}` : base;
    return {
      path: where === 'body' ? path : path.replace('$', where.replace('querystring', 'query')),
      code: textPatternOf(error) === undefined ? codeOf(error.keyword) : 'unseen_character',
      message: messageOf(error),
    };
  });
}

function textPatternOf({ keyword, params }: FastifySchemaValidationError) {
  const patterns = Object.values(TEXT_PATTERNS);
  return keyword === 'pattern' ? patterns.find(({ pattern }) => pattern === params['pattern']) : undefined;
}

function codeOf(keyword: string): string {
  return keyword.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function messageOf(error: FastifySchemaValidationError): string {
  switch (error.keyword) {
    case 'additionalProperties':
      return `The member ${JSON.stringify(error.params['additionalProperty'])} is not known here.`;
    case 'required':
      return `The member ${JSON.stringify(error.params['missingProperty'])} is missing.`;
    case 'pattern':
      return textPatternOf(error)?.message ?? `It must match ${String(error.params['pattern'])}.`;
    default:
      return `It ${error.message ?? 'is not valid'}.`;
  }
}

/** No column can store U+0000, UTF-8 has no lone surrogates, and JSON this deep or with so many values is no configuration. */
export function refuseHostileText(body: unknown): void {
  if (countValues(body, MOST_VALUES) < 0)
    throw invalid('$', 'too_many', `The body has more than ${MOST_VALUES} members and elements.`);
  // The second walk knows where it is, which costs a body of 5 MB a second: only a body that will be refused is told.
  if (isHostile(body, 0)) refuseAt(body, '$', 0);
}

/** How many may still follow; below zero: there are too many. What is nested too deep is not counted: it is refused for that. */
function countValues(value: unknown, left: number, depth = 0): number {
  if (typeof value !== 'object' || value === null || depth >= DEEPEST) return left;
  const inner: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  let still = left - inner.length;
  for (const one of inner) {
    if (still < 0) return still;
    if (typeof one === 'object') still = countValues(one, still, depth + 1);
  }
  return still;
}

function isHostile(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return isHostileText(value);
  if (typeof value !== 'object' || value === null) return false;
  if (depth >= DEEPEST) return true;
  if (Array.isArray(value)) return value.some((element) => isHostile(element, depth + 1));
  for (const name in value)
    if (isHostileText(name) || isHostile((value as Record<string, unknown>)[name], depth + 1)) return true;
  return false;
}

function refuseAt(value: unknown, path: string, depth: number): void {
  if (typeof value === 'string') refuseText(value, path);
  if (typeof value !== 'object' || value === null) return;
  if (depth >= DEEPEST) throw invalid(path, 'too_deep', `The body is nested deeper than ${DEEPEST} levels.`);
  for (const [name, member] of Object.entries(value)) {
    refuseText(name, path);
    refuseAt(member, Array.isArray(value) ? `${path}[${name}]` : `${path}.${name}`, depth + 1);
  }
}

function isHostileText(text: string): boolean {
  return text.includes('\0') || LONE_SURROGATE.test(text);
}

const LONE_SURROGATE = /\p{Surrogate}/u;

function refuseText(text: string, path: string): void {
  if (text.includes('\0')) throw invalid(path, 'nul_character', 'The character U+0000 cannot be stored. Leave it out.');
  if (LONE_SURROGATE.test(text))
    throw invalid(path, 'lone_surrogate', 'Half of a surrogate pair is no character. Leave it out.');
}
