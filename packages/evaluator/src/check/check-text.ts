/** What an entity's text must be before it is parsed. */
import { ENTITY_LENGTH } from '../limits.ts';
import type { Problem } from '../model.ts';

/** Shorter texts are parsed in two milliseconds, whatever they hold. */
const SHORT = 65_536;
/** Deeper than any entity: a variant's value has 32 levels, groups of conditions 16, and each stands in some others. */
const DEEPEST = 64;

const QUOTE = 34;
const BACKSLASH = 92;

/** To parse two million brackets takes half a second, to see that there are so many takes none. */
export function checkText(text: string): readonly Problem[] {
  const path = '$';
  if (text.length > ENTITY_LENGTH)
    return [{ path, code: 'too_long', message: `Shorten the entity to ${ENTITY_LENGTH} characters.` }];
  if (!isShallow(text)) return [{ path, code: 'too_deep', message: 'Nest less: no entity has so many levels.' }];
  return [];
}

/** False for a long text that goes too deep. */
function isShallow(text: string): boolean {
  let depth = 0;
  let isQuoted = false;
  for (let at = 0; text.length > SHORT && at < text.length && depth <= DEEPEST; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at++;
    else if (code === QUOTE) isQuoted = !isQuoted;
    // `{` and `[`, `}` and `]`, which differ in one bit.
    else if (!isQuoted) depth += (code | 32) === 123 ? 1 : (code | 32) === 125 ? -1 : 0;
  }
  return depth <= DEEPEST;
}
