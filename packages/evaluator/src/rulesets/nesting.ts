/** How deep a JSON text goes, found out without parsing it. */

/** Shorter texts are parsed in two milliseconds, whatever they hold. */
const SHORT = 65_536;
/** Deeper than any entity: a variant's value has 32 levels, groups of conditions 16, and each stands in some others. */
const DEEPEST = 64;

const QUOTE = 34;
const BACKSLASH = 92;

/** False for a long text that goes too deep: to parse two million brackets takes half a second, to see that it does none. */
export function isShallow(text: string): boolean {
  if (text.length <= SHORT) return true;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    // `{` and `[`, `}` and `]`, which differ in one bit.
    else if ((code | 32) === 123 && ++depth > DEEPEST) return false;
    else if ((code | 32) === 125) depth--;
  }
  return true;
}

/** Where the string ends that begins at `start`: at its closing quote, or with the text. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return end;
  }
  return text.length;
}
