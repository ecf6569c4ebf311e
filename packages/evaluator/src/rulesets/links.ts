/** Which references between entities of one kind lead nowhere: from segments to segments, from flags to prerequisites. */

import { lookup, type Table } from './table.ts';

/** An entity that names others of its kind. */
export interface Naming {
  readonly names: readonly string[];
}

export const NO_NAMES: readonly string[] = [];

/** The keys that an entity names; none for one that does not exist. */
export function namesIn(entities: Table<Naming>, key: string): readonly string[] {
  return lookup(entities, key)?.names ?? NO_NAMES;
}

/** Key to the keys it names. Those that name none may be absent. */
export type Links = ReadonlyMap<string, readonly string[]>;

/** What is known of an entity once all that it leads to is known. */
interface Settled {
  /** Length of the longest chain that begins with it. */
  readonly depth: number;
  readonly voids: ReadonlySet<string> | null;
}

interface Visit {
  readonly key: string;
  readonly links: readonly string[];
  readonly order: number;
  next: number;
  /** The earliest visit on the stack that this one leads to. */
  low: number;
}

/**
 * A reference from A to B is void when B is A or leads back to A (it is part of a circle), or when the chain that begins
 * with B would be as long as the depth allowed. So what an entity comes to depends on the ruleset and the context alone,
 * not on where an evaluation came from, and no evaluation loops.
 *
 * Worked out for an entity when it is first asked for, and remembered. A patch that changes one reference
 * costs nothing here; the next evaluation looks again at what it leads to (Tarjan's strongly connected components, without
 * recursion).
 */
export class References {
  readonly #depth: number;
  readonly #settled = new Map<string, Settled>();

  constructor(depth: number) {
    this.#depth = depth;
  }

  /**
   * Those of the entity's references that are void; null: none. `entities`: of any version in which all name the same
   * keys; it is not kept.
   */
  voidsOf(key: string, entities: Table<Naming>): ReadonlySet<string> | null {
    const before = this.#settled.get(key);
    if (before !== undefined) return before.voids;
    this.#walk(key, entities);
    return this.#settled.get(key)?.voids ?? null;
  }

  #walk(start: string, entities: Table<Naming>): void {
    const visits = new Map<string, Visit>();
    const unsettled: Visit[] = [];
    const enter = (key: string): Visit => {
      const visit = { key, links: namesIn(entities, key), order: visits.size, next: 0, low: visits.size };
      visits.set(key, visit);
      unsettled.push(visit);
      return visit;
    };
    const route = [enter(start)];
    for (let visit = route.at(-1); visit !== undefined; visit = route.at(-1)) {
      const link = visit.links[visit.next++];
      if (link !== undefined) {
        if (this.#settled.has(link)) continue;
        const seen = visits.get(link);
        if (seen === undefined) route.push(enter(link));
        else visit.low = Math.min(visit.low, seen.order);
        continue;
      }
      route.pop();
      const caller = route.at(-1);
      if (caller !== undefined) caller.low = Math.min(caller.low, visit.low);
      if (visit.low === visit.order) this.#settle(visit, unsettled);
    }
  }

  /** Settles everything that leads to `root` and back: all that was visited since. */
  #settle(root: Visit, unsettled: Visit[]): void {
    const circle = new Map<string, Visit>();
    for (let member = unsettled.pop(); member !== undefined; member = unsettled.pop()) {
      circle.set(member.key, member);
      if (member === root) break;
    }
    for (const member of circle.values()) this.#settled.set(member.key, this.#conclude(member, circle));
  }

  #conclude({ links }: Visit, circle: ReadonlyMap<string, Visit>): Settled {
    let depth = 1;
    const voids = new Set<string>();
    for (const link of links) {
      const below = this.#settled.get(link)?.depth ?? 1;
      if (circle.has(link) || below >= this.#depth) voids.add(link);
      else depth = Math.max(depth, below + 1);
    }
    return { depth, voids: voids.size > 0 ? voids : null };
  }
}

/** The links after `changes` (null: names none); `links` itself when that changes nothing. */
export function changeLinks(links: Links, changes: ReadonlyMap<string, readonly string[] | null>): Links {
  let next: Map<string, readonly string[]> | null = null;
  for (const [key, names] of changes) {
    if (hasSameNames(links.get(key) ?? [], names ?? [])) continue;
    next ??= new Map(links);
    if (names === null) next.delete(key);
    else next.set(key, names);
  }
  return next ?? links;
}

export function hasSameNames(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name, index) => name === other[index]);
}
