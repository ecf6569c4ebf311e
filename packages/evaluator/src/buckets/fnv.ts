/** FNV-1a, 32 bits (Fowler, Noll and Vo, public domain). */

const OFFSET_BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

/**
 * The hash of `text` as an unsigned 32-bit number. It takes UTF-16 code units where FNV takes bytes, as GrowthBook does:
 * for ASCII the same, for everything else not what other implementations give.
 *
 * `after`: the hash of the text before this one. `fnv1a(b, fnv1a(a))` is `fnv1a(a + b)`.
 */
export function fnv1a(text: string, after = OFFSET_BASIS): number {
  let hash = after;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), PRIME);
  return hash >>> 0;
}
