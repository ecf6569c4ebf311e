/** Who is live, and who of them has a place. */
import { comparePlaces, type NamedInstance, type ReceiptPlace } from '@flaghoist/protocol/exposures';
import type { Laggard } from '@flaghoist/protocol/management';

export interface EdgeRow {
  readonly edge: string;
  readonly version: string;
  readonly host: string;
  readonly epoch: number | null;
  readonly revision: number | null;
  readonly appliedAt: string | null;
  readonly ageMs: number | null;
  readonly problem: string | null;
  readonly counts: readonly (readonly [epoch: number, revision: number, instances: number])[];
  readonly older: number;
  readonly uncounted: number;
  readonly laggards: readonly NamedInstance[];
  readonly seenAt: string;
  readonly live: boolean;
  /** Whether it tries candidates. */
  readonly canary: boolean;
}

/** An instance as one edge knows it: behind a load balancer several may. */
export interface InstanceRow {
  readonly edge: string;
  readonly instance: string;
  readonly sdk: string;
  readonly host: string;
  readonly epoch: number | null;
  readonly revision: number | null;
  readonly appliedAt: string | null;
  readonly ageMs: number | null;
  readonly problem: string | null;
  readonly seenAt: string;
  /** The edge too. */
  readonly live: boolean;
}

export interface Reached {
  readonly live: number;
  readonly applied: number;
}

const MOST_LAGGARDS = 20;

export function has(at: { readonly epoch: number | null; readonly revision: number | null }, place: ReceiptPlace) {
  return at.epoch !== null && at.revision !== null && comparePlaces([at.epoch, at.revision], place) >= 0;
}

/** Each instance as the edge knows it that heard of it last, and what the other edges still know of it. */
export function separate(rows: readonly InstanceRow[]): {
  readonly newest: ReadonlyMap<string, InstanceRow>;
  readonly outdated: readonly InstanceRow[];
} {
  const newest = new Map<string, InstanceRow>();
  const outdated: InstanceRow[] = [];
  for (const one of rows) {
    const known = newest.get(one.instance);
    if (known === undefined) newest.set(one.instance, one);
    else if (isLater(one, known)) {
      newest.set(one.instance, one);
      outdated.push(known);
    } else outdated.push(one);
  }
  return { newest, outdated };
}

function isLater(a: InstanceRow, b: InstanceRow): boolean {
  if (a.live !== b.live) return a.live;
  return a.seenAt === b.seenAt ? a.edge > b.edge : Date.parse(a.seenAt) > Date.parse(b.seenAt);
}

/** Edges count their instances, named or not; who is known by name at two of them is taken out of the older count. */
export function instancesAt(edges: readonly EdgeRow[], outdated: readonly InstanceRow[], place: ReceiptPlace): Reached {
  let [live, applied] = [0, 0];
  for (const edge of edges.filter((one) => one.live)) {
    live += edge.older;
    for (const [epoch, revision, instances] of edge.counts) {
      live += instances;
      if (has({ epoch, revision }, place)) applied += instances;
    }
  }
  for (const one of outdated.filter((row) => row.live)) {
    live--;
    if (has(one, place)) applied--;
  }
  live = Math.max(0, live);
  return { live, applied: Math.min(live, Math.max(0, applied)) };
}

export function edgesAt(edges: readonly EdgeRow[], place: ReceiptPlace): Reached {
  const live = edges.filter((one) => one.live);
  return { live: live.length, applied: live.filter((one) => has(one, place)).length };
}

/** Live followers without a place: edges first, they hold up others. */
export function laggardsAt(
  edges: readonly EdgeRow[],
  newest: ReadonlyMap<string, InstanceRow>,
  place: ReceiptPlace,
): readonly Laggard[] {
  const live = edges.filter((one) => one.live);
  const behind = live.filter((one) => !has(one, place)).map(showEdge);
  const instances = live.flatMap((edge) =>
    edge.laggards
      .filter(({ instance, place: at }) => {
        const elsewhere = newest.get(instance);
        if (elsewhere !== undefined && elsewhere.edge !== edge.edge) return false;
        return at === null || comparePlaces(at, place) < 0;
      })
      .map((named) => showInstance(named, edge)),
  );
  return [...behind, ...instances].slice(0, MOST_LAGGARDS);
}

function showEdge({ edge, version, host, epoch, revision, problem, seenAt }: EdgeRow): Laggard {
  return { kind: 'edge', id: edge, program: version, host, epoch, revision, problem, seenAt };
}

function showInstance({ instance, sdk, host, place, problem, heardMs }: NamedInstance, { seenAt }: EdgeRow): Laggard {
  const heardAt = new Date(Date.parse(seenAt) - heardMs).toISOString();
  const [epoch, revision] = place ?? [null, null];
  return { kind: 'instance', id: instance, program: sdk, host, epoch, revision, problem, seenAt: heardAt };
}
