/** What names what, by key, and where that leads. */
export type Links = ReadonlyMap<string, readonly string[]>;

/** Who is named by whom. */
export function reverse(links: Links): Links {
  const reversed = new Map<string, string[]>();
  for (const [from, targets] of links) {
    for (const to of targets) {
      const before = reversed.get(to);
      if (before === undefined) reversed.set(to, [from]);
      else before.push(from);
    }
  }
  return reversed;
}

/** The shortest way from a key back to itself; null: there is none. */
export function findWayBack(links: Links, start: string): readonly string[] | null {
  const cameFrom = new Map<string, string>();
  const waiting = [start];
  for (const key of waiting) {
    for (const next of links.get(key) ?? []) {
      if (next === start) return wayFrom(cameFrom, start, key);
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, key);
      waiting.push(next);
    }
  }
  return null;
}

function wayFrom(cameFrom: ReadonlyMap<string, string>, start: string, last: string): readonly string[] {
  const way = [start];
  for (let key: string | undefined = last; key !== undefined && key !== start; key = cameFrom.get(key)) way.push(key);
  way.push(start);
  return way.reverse();
}

/** The keys of the longest chain that a key is in. A circle that it is not in counts as the end of a chain. */
export function longestChain(links: Links, reversed: Links, key: string): readonly string[] {
  return [...[...chainFrom(reversed, key)].reverse(), ...chainFrom(links, key).slice(1)];
}

function chainFrom(links: Links, key: string, known = new Map<string, readonly string[]>()): readonly string[] {
  const found = known.get(key);
  if (found !== undefined) return found;
  known.set(key, [key]);
  let below: readonly string[] = [];
  for (const next of links.get(key) ?? []) {
    const chain = chainFrom(links, next, known);
    if (chain.length > below.length) below = chain;
  }
  const chain = [key, ...below];
  known.set(key, chain);
  return chain;
}
