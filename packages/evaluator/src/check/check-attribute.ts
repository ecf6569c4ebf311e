import { RESERVED_PATHS } from '../conditions/attribute.ts';
import { checkText } from './check-json.ts';
import { LIMITS } from '../limits.ts';
import { type Path, type Problems, quote } from './problems.ts';

const BOUNDS = { least: 1, most: LIMITS.attributeLength } as const;

/** A dot without a name on both sides, a name that would reach a prototype instead of data, or a reserved path. */
const SUSPECT = /^[.$]|\.\.|\.$|(?:^|\.)(?:__proto__|prototype|constructor)(?:\.|$)/;

/** Checks an attribute path, e.g. `company.plan`. */
export function checkAttribute(value: unknown, path: Path, problems: Problems): void {
  if (!checkText(value, BOUNDS, path, problems) || !SUSPECT.test(value) || RESERVED_PATHS.has(value)) return;
  const steps = value.split('.');
  const forbidden = steps.find((name) => name === '__proto__' || name === 'prototype' || name === 'constructor');
  if (steps.includes('')) {
    problems.add(path, 'bad_attribute', `Write a name on both sides of every dot of ${quote(value)}.`);
  }
  if (forbidden !== undefined) {
    problems.add(path, 'bad_attribute', `Rename "${forbidden}": it would reach prototypes, not data.`);
  }
  if (value.startsWith('$')) {
    const reserved = [...RESERVED_PATHS.keys()].join(' and ');
    problems.add(path, 'bad_attribute', `Rename ${quote(value)}: of names that begin with "$" there are ${reserved}.`);
  }
}
