import { isDeepStrictEqual } from 'node:util';
import type { ChangeEdit } from '@flaghoist/protocol/management';
import { plainText } from './plain-text.ts';
import type { Colors } from './reporter.ts';

/** An entity's name, then a line with - and one with + for each member that became another, fit for a terminal. */
export function editLines({ environment, kind, key, before, after }: ChangeEdit, colors: Colors): readonly string[] {
  const how = before === null ? ' (made)' : after === null ? ' (archived)' : '';
  const [was, is] = [before ?? {}, after ?? {}];
  const members = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  return [
    plainText(`${kind} ${key} in ${environment}${how}`),
    ...members
      .filter((member) => !isDeepStrictEqual(was[member], is[member]))
      .flatMap((member) => [
        ...memberLine(was, member, (text) => colors.red(`  - ${text}`)),
        ...memberLine(is, member, (text) => colors.green(`  + ${text}`)),
      ]),
  ];
}

function memberLine(
  entity: { readonly [member: string]: unknown },
  member: string,
  paint: (text: string) => string,
): readonly string[] {
  if (entity[member] === undefined) return [];
  return [paint(plainText(`${member}: ${JSON.stringify(entity[member])}`))];
}
