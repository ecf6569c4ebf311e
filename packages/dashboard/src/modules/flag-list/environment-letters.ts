/** The shortest texts that tell environments apart: production P, staging S; preview and production Pre and Pro. */
const SHORT = 3;

/** Environment key to one to three letters; further ones that begin alike get a number. */
export function environmentLetters(keys: readonly string[]): ReadonlyMap<string, string> {
  const letters = new Map<string, string>();
  const taken = new Set<string>();
  for (const key of keys) {
    const text = wanted(key, keys, taken);
    taken.add(text);
    letters.set(key, text);
  }
  return letters;
}

function wanted(key: string, keys: readonly string[], taken: ReadonlySet<string>): string {
  for (let length = 1; length <= SHORT; length += 1) {
    const text = cut(key, length);
    if (!keys.some((other) => other !== key && cut(other, length) === text) && !taken.has(text)) return text;
  }
  const initials = key
    .split(/[._-]+/)
    .map((part) => part[0] ?? '')
    .join('')
    .slice(0, SHORT)
    .toUpperCase();
  if (initials.length > 1 && !taken.has(initials)) return initials;
  for (let number = 2; ; number += 1) {
    const text = `${cut(key, 1)}${number}`;
    if (!taken.has(text)) return text;
  }
}

function cut(key: string, length: number): string {
  return key.slice(0, 1).toUpperCase() + key.slice(1, length).toLowerCase();
}
