/**
 * Which references between segments lead nowhere.
 *
 * A reference from segment A to segment B is void, that is: it contains nobody, when B is A or leads back to A (it is
 * part of a cycle), or when the chain of segments below it would be longer than `LIMITS.segmentDepth`. So who is in a
 * segment depends on the ruleset and the context alone, not on where an evaluation came from, and no evaluation loops.
 */
import { LIMITS } from './limits.ts';

/** Segment key to the keys of the segments it names. Segments that name none may be absent. */
export type SegmentLinks = ReadonlyMap<string, readonly string[]>;

/** Segment key to those of its links that are void. */
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
export function findVoidLinks(links: SegmentLinks): VoidLinks {
  const walk = new Walk(links);
  for (const key of links.keys()) walk.from(key);
  return walk.voids;
}

class Walk {
  readonly voids = new Map<string, Set<string>>();
  readonly #links: SegmentLinks;
  readonly #visits = new Map<string, Visit>();
  /** Segments in the longest chain that begins with a segment; set once its references are settled. */
  readonly #depths = new Map<string, number>();
  readonly #unsettled: Visit[] = [];

  constructor(links: SegmentLinks) {
    this.#links = links;
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
      if (circle.has(link) || below >= LIMITS.segmentDepth) voids.add(link);
      else depth = Math.max(depth, below + 1);
    }
    if (voids.size > 0) this.voids.set(visit.key, voids);
    return depth;
  }
}
