import { checkKey, checkList, checkObject, shape } from './check-json.ts';
import { LIMITS } from '../limits.ts';
import { at, type Path, type Problems, quote } from './problems.ts';

const PREREQUISITE = shape('a prerequisite', ['flag', 'variants'], []);
const PREREQUISITES = { least: 0, most: LIMITS.prerequisites, of: 'prerequisites' } as const;
const VARIANTS = { least: 1, most: LIMITS.variants, of: 'variants of the other flag' } as const;

/** Checks the prerequisites of flag `owner`. Whether the other flags and their variants exist is not looked up. */
export function checkPrerequisites(value: unknown, owner: unknown, path: Path, problems: Problems): void {
  if (!checkList(value, PREREQUISITES, path, problems)) return;
  const named = new Set<string>();
  for (let index = 0; index < value.length && !problems.full; index++) {
    const prerequisite = value[index];
    const place = at(path, index);
    if (!checkObject(prerequisite, PREREQUISITE, place, problems)) continue;
    const { flag, variants } = prerequisite;
    if (flag !== undefined && checkKey(flag, 'a flag', at(place, 'flag'), problems)) {
      if (flag === owner) {
        problems.add(at(place, 'flag'), 'own_prerequisite', 'Name another flag: a flag is not its own prerequisite.');
      } else if (named.has(flag)) {
        const message = `Name ${quote(flag)} once: put the variants of both into one prerequisite, or keep one.`;
        problems.add(at(place, 'flag'), 'duplicate_prerequisite', message);
      }
      named.add(flag);
    }
    if (variants !== undefined) checkNames(variants, at(place, 'variants'), problems);
  }
}

function checkNames(value: unknown, path: Path, problems: Problems): void {
  if (!checkList(value, VARIANTS, path, problems)) return;
  for (let index = 0; index < value.length && !problems.full; index++) {
    checkKey(value[index], 'a variant', at(path, index), problems);
  }
}
