/** Which references lead nowhere, for the reference evaluator: word for word as the prose says it. */

/** How many keys a chain may have, its first included: of segments and of flags. */
const LONGEST_CHAIN = 16;

type LinksOf = (key: string) => readonly string[];

/** Whether the reference leads back to where it stands, or is followed by too long a chain. */
export function isVoid(linksOf: LinksOf, from: string, to: string): boolean {
  return leadsTo(linksOf, to, from) || chainFrom(linksOf, to, new Map()) >= LONGEST_CHAIN;
}

/** By any chain of references, void ones too; what stands still leads to itself. */
function leadsTo(linksOf: LinksOf, start: string, goal: string): boolean {
  const seen = new Set([start]);
  for (const key of seen) for (const next of linksOf(key)) seen.add(next);
  return seen.has(goal);
}

/** How many keys the longest chain of references that are not void has, `start` included. */
function chainFrom(linksOf: LinksOf, start: string, known: Map<string, number>): number {
  const before = known.get(start);
  if (before !== undefined) return before;
  let longest = 1;
  for (const next of linksOf(start)) {
    if (leadsTo(linksOf, next, start)) continue;
    const below = chainFrom(linksOf, next, known);
    if (below < LONGEST_CHAIN) longest = Math.max(longest, below + 1);
  }
  known.set(start, longest);
  return longest;
}
