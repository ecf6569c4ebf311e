const TEXT_LENGTH = 100;
const ELEMENTS = 8;
const MORE = '...';

/**
 * What a trace shows of a value, whatever the context holds: JSON that is enough to recognise it by. Texts are cut to 100
 * code units and lists to 8 elements, then end in "..."; of objects, and of what is nested in lists, "..." is shown.
 */
export function briefly(value: unknown): unknown {
  if (!Array.isArray(value)) return scalar(value);
  const shown = value.slice(0, ELEMENTS).map(scalar);
  return value.length > ELEMENTS ? [...shown, MORE] : shown;
}

function scalar(value: unknown): unknown {
  if (typeof value === 'string') return value.length > TEXT_LENGTH ? cut(value) + MORE : value;
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? [MORE] : { [MORE]: MORE };
  // JSON has no numbers that are not finite.
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  // The rest is no JSON: undefined in a list, a function, a symbol, a big integer.
  return typeof value === 'boolean' || value === null ? value : MORE;
}

/** Not between the halves of a character. */
function cut(text: string): string {
  return text.slice(0, TEXT_LENGTH).replace(/[\ud800-\udbff]$/, '');
}
