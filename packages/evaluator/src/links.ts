/**
 * Which references between entities of one kind lead nowhere: from segments to segments, from flags to prerequisites.
 *
 * A reference from A to B is void when B is A or leads back to A (it is part of a circle), or when the chain that begins
 * with B would be as long as the depth allowed. So what an entity comes to depends on the ruleset and the context alone,
 * not on where an evaluation came from, and no evaluation loops.
 */

/** Key to the keys it names. Those that name none may be absent. */
export type Links = ReadonlyMap<string, readonly string[]>;

/** Key to those of its links that are void. */
export type VoidLinks = ReadonlyMap<string, ReadonlySet<string>>;

interface Visit {
  readonly key: string;
  readonly links: readonly string[];
  readonly order: number;
  next: number;
  /** The earliest visit on the stack that this one leads to. */
  low: number;
}

/** Finds the void references: one walk over all links (Tarjan's strongly connected components, without recursion). */
export function findVoidLinks(links: Links, depth: number): VoidLinks {
  const walk = new Walk(links, depth);
  for (const key of links.keys()) walk.from(key);
  return walk.voids;
}

class Walk {
  readonly voids = new Map<string, Set<string>>();
  readonly #links: Links;
  readonly #depth: number;
  readonly #visits = new Map<string, Visit>();
  /** Length of the longest chain that begins with a key; set once its references are settled. */
  readonly #depths = new Map<string, number>();
  readonly #unsettled: Visit[] = [];

  constructor(links: Links, depth: number) {
    this.#links = links;
    this.#depth = depth;
  }

  from(start: string): void {
    if (this.#visits.has(start)) return;
    const route = [this.#visit(start)];
    for (let visit = route.at(-1); visit !== undefined; visit = route.at(-1)) {
      const link = visit.links[visit.next++];
      if (link !== undefined) {
        const seen = this.#visits.get(link);
        if (seen === undefined) route.push(this.#visit(link));
        else if (!this.#depths.has(link)) visit.low = Math.min(visit.low, seen.order);
        continue;
      }
      route.pop();
      const caller = route.at(-1);
      if (caller !== undefined) caller.low = Math.min(caller.low, visit.low);
      if (visit.low === visit.order) this.#settle(visit);
    }
  }

  #visit(key: string): Visit {
    const order = this.#visits.size;
    const visit = { key, links: this.#links.get(key) ?? [], order, next: 0, low: order };
    this.#visits.set(key, visit);
    this.#unsettled.push(visit);
    return visit;
  }

  /** Settles everything that leads to `root` and back: all that was visited since. */
  #settle(root: Visit): void {
    const circle = new Map<string, Visit>();
    for (let member = this.#unsettled.pop(); member !== undefined; member = this.#unsettled.pop()) {
      circle.set(member.key, member);
      if (member === root) break;
    }
    for (const member of circle.values()) this.#depths.set(member.key, this.#settleLinks(member, circle));
  }

  #settleLinks(visit: Visit, circle: ReadonlyMap<string, Visit>): number {
    let depth = 1;
    const voids = new Set<string>();
    for (const link of visit.links) {
      const below = this.#depths.get(link) ?? 1;
      if (circle.has(link) || below >= this.#depth) voids.add(link);
      else depth = Math.max(depth, below + 1);
    }
    if (voids.size > 0) this.voids.set(visit.key, voids);
    return depth;
  }
}

/** The links after `changes` (null: names none); `links` itself when that changes nothing. */
export function changeLinks(links: Links, changes: ReadonlyMap<string, readonly string[] | null>): Links {
  let next: Map<string, readonly string[]> | null = null;
  for (const [key, names] of changes) {
    const before = links.get(key);
    if (names === null ? before === undefined : before !== undefined && same(before, names)) continue;
    next ??= new Map(links);
    if (names === null) next.delete(key);
    else next.set(key, names);
  }
  return next ?? links;
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name, index) => name === other[index]);
}
