const TEXT_LENGTH = 256;
const ELEMENTS = 16;
const MORE = '...';

/**
 * What a trace shows of a value, whatever the context holds: JSON that is enough to recognise it by. Texts are cut to 256
 * code units and lists to 16 elements, then end in "..."; of objects, and of what is nested in lists, "..." is shown.
 */
export function briefly(value: unknown): unknown {
  if (!Array.isArray(value)) return scalar(value);
  const shown = value.slice(0, ELEMENTS).map(scalar);
  return value.length > ELEMENTS ? [...shown, MORE] : shown;
}

function scalar(value: unknown): unknown {
  if (typeof value === 'string') return value.length > TEXT_LENGTH ? value.slice(0, TEXT_LENGTH) + MORE : value;
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? [MORE] : { [MORE]: MORE };
  // The rest is no JSON: undefined in a list, a function, a symbol, a big integer.
  return typeof value === 'number' || typeof value === 'boolean' || value === null ? value : MORE;
}
