/** Waits until enough live followers have what was written. */
import type { DeliveryResource, FleetResource, FollowerShare } from '@flaghoist/protocol/management';
import type { Host } from '../host.ts';
import { apiPath } from './api-path.ts';
import type { ManagementClient } from './management-client.ts';
import { failureOf, type Outcome, type Refusal } from './refusal.ts';

export type DeliveredTo = DeliveryResource['environments'][number];

/** What is waited for: a change, or, when nothing had to be changed, what an environment holds. */
export type Awaited = { readonly change: string } | { readonly environment: string };

export interface Waiting {
  readonly project: string;
  readonly awaited: Awaited;
  /** Of the live edges, and of the live instances, which must have it: above 0, at most 1. */
  readonly share: number;
  readonly timeoutMs: number;
  readonly onProgress: (environments: readonly DeliveredTo[]) => void;
}

/** `withheld`: followers do not get it, however long one waits. */
export type DeliveryEnd = 'delivered' | 'withheld' | 'timeout';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1_000;

/**
 * Asks on while the server is away or overloaded. Throws CommandFailure when it refuses, or never answered.
 */
export async function awaitDelivery(
  client: ManagementClient,
  host: Pick<Host, 'now' | 'sleep'>,
  { project, awaited, share, timeoutMs, onProgress }: Waiting,
): Promise<{ readonly end: DeliveryEnd; readonly environments: readonly DeliveredTo[] }> {
  const begun = host.now();
  let environments: readonly DeliveredTo[] | null = null;
  for (let pauseMs = FIRST_PAUSE_MS, waitedMs = 0; ; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)) {
    const asked = await ask(client, project, awaited);
    if (asked.ok) {
      environments = asked.value;
      onProgress(environments);
      if (environments.some(({ withheld }) => withheld !== null)) return { end: 'withheld', environments };
      if (environments.every((one) => isKnown(one) && reaches(one.edges, share) && reaches(one.instances, share)))
        return { end: 'delivered', environments };
    } else if (!passes(asked.refusal)) throw failureOf(asked.refusal);
    const leftMs = timeoutMs - Math.max(waitedMs, host.now() - begun);
    if (leftMs <= 0) {
      if (environments === null && !asked.ok) throw failureOf(asked.refusal);
      return { end: 'timeout', environments: environments ?? [] };
    }
    await host.sleep(Math.min(pauseMs, leftMs));
    waitedMs += Math.min(pauseMs, leftMs);
  }
}

/** Whether the counts are of all who follow: a count of nobody may be one of a server that has not counted. */
export function isKnown({ known, uncounted }: Pick<DeliveredTo, 'known' | 'uncounted'>): boolean {
  return known && uncounted === 0;
}

/** Nobody is enough where nobody is. */
export function reaches({ live, applied }: FollowerShare, share: number): boolean {
  // A share of 7 % of 100 is a little above 7 in floating point.
  return applied + 1e-9 >= share * live;
}

async function ask(
  client: ManagementClient,
  project: string,
  awaited: Awaited,
): Promise<Outcome<readonly DeliveredTo[]>> {
  if ('change' in awaited) {
    const outcome = await client.read('Delivery', apiPath`/projects/${project}/changes/${awaited.change}/delivery`);
    return outcome.ok ? { ok: true, value: outcome.value.body.environments } : outcome;
  }
  const { environment } = awaited;
  const outcome = await client.read('Fleet', apiPath`/projects/${project}/environments/${environment}/fleet`);
  return outcome.ok ? { ok: true, value: [newestOf(outcome.value.body)] } : outcome;
}

function newestOf({ environment, epoch, revision, withheld, live, edges, instances }: FleetResource): DeliveredTo {
  const lags = ({ live: isLive, lag }: { readonly live: boolean; readonly lag: number | null }) => isLive && lag !== 0;
  return {
    environment,
    epoch,
    revision,
    withheld,
    ...live,
    laggards: [
      ...edges
        .filter(lags)
        .map((one) => ({ ...followed(one), kind: 'edge' as const, id: one.edge, program: one.version })),
      ...instances
        .filter(lags)
        .map((one) => ({ ...followed(one), kind: 'instance' as const, id: one.instance, program: one.sdk })),
    ].slice(0, 20),
  };
}

function followed({
  host,
  epoch,
  revision,
  problem,
  seenAt,
}: FleetResource['edges'][number] | FleetResource['instances'][number]) {
  return { host, epoch, revision, problem, seenAt };
}

/** Overload, failures and absence pass; what is wrong with the request does not. */
function passes(refusal: Refusal): boolean {
  if (refusal.kind === 'unreachable') return true;
  return refusal.kind === 'problem' && (refusal.status === 429 || refusal.status >= 500);
}
