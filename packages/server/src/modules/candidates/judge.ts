/** How a candidate does, from what canary edges say of it. Pure; all ages are of the database's clock. */
import { type CanarySaid, RECEIPT_EVERY_MS } from '@flaghoist/protocol/exposures';

export interface CanaryEdge {
  readonly edge: string;
  readonly host: string;
  readonly said: CanarySaid;
  /** Since it was last heard of, at the moment when receipts were last worked off. */
  readonly silentMs: number;
  readonly seenAt: string;
}

/** An SDK whose newest receipt came by a canary edge. */
export interface CanaryInstance {
  readonly host: string;
  /** The candidate that it answers from; null: a revision. */
  readonly number: number | null;
  readonly silentMs: number;
}

export interface Evidence {
  /** Whether receipts are worked off, and have been for so long that every live edge has spoken. */
  readonly isCounted: boolean;
  /** Since the candidate has its number. */
  readonly ageMs: number;
  readonly canaries: readonly CanaryEdge[];
  readonly instances: readonly CanaryInstance[];
}

export interface Health {
  readonly state: 'waiting' | 'healthy' | 'ill';
  readonly why: string;
  /** How long every live canary edge has answered from it. */
  readonly heldMs: number;
}

/** A canary edge speaks every 5 s while it tries something, every 15 s otherwise; the rest is for the way. */
export const SILENT_MS = 20_000;
/** An instance speaks every 5 to 15 s while it answers from a candidate, soon after it came to it, and every minute otherwise. */
export const TRYING_SILENT_MS = 30_000;
export const INSTANCE_SILENT_MS = RECEIPT_EVERY_MS.max + 15_000;

/**
 * Those that count were live when the candidate came, or spoke since: one that dies of it before it could say so is missed too.
 * What was said by an edge or an instance that is silent since does not make the candidate healthy.
 */
export function judge(number: number, holdSeconds: number, evidence: Evidence): Health {
  const { isCounted, ageMs, canaries } = evidence;
  if (!isCounted) return waiting('Receipts are not worked off: it is not known what canary edges say.');
  const counting = canaries.filter(({ silentMs }) => silentMs < ageMs + SILENT_MS);
  const instances = evidence.instances.filter(({ silentMs }) => silentMs < ageMs + INSTANCE_SILENT_MS);
  const problem =
    counting.map((one) => problemOf(one, number)).find((found) => found !== null) ??
    instances.map((one) => silenceOf(one, number)).find((found) => found !== null);
  if (problem != null) return { state: 'ill', why: problem, heldMs: 0 };
  if (counting.length === 0)
    return waiting('No canary edge is live. Start one with --canary, or promote the change by hand.');
  const having = counting.filter(({ said }) => said.number === number);
  if (having.length < counting.length)
    return waiting(`${having.length} of ${counting.length} canary edges answer from it.`);
  const unheard = instances.filter(({ silentMs }) => silentMs >= ageMs);
  if (unheard.length > 0)
    return waiting(`${unheard.length} of ${instances.length} SDKs behind them have not been heard of since it came.`);
  const heardMs = instances.map(({ silentMs }) => ageMs - silentMs);
  const heldMs = Math.min(...counting.map(({ said }) => said.appliedMs ?? 0), ...heardMs);
  const behind =
    instances.length === 0 ? '' : `, with ${instances.length} SDK${instances.length === 1 ? '' : 's'} behind`;
  const held = `${counting.length} canary ${counting.length === 1 ? 'edge answers' : 'edges answer'} from it since ${Math.floor(heldMs / 1_000)} s${behind}`;
  if (heldMs < holdSeconds * 1_000) return { ...waiting(`${held}; ${holdSeconds} s are asked for.`), heldMs };
  return { state: 'healthy', why: `${held}, without a problem.`, heldMs };
}

function problemOf({ host, said, silentMs }: CanaryEdge, number: number): string | null {
  if (said.refused?.number === number) return `It is not applied at the canary edge ${host}: ${said.refused.problem}`;
  if (said.number === number && said.errors > 0)
    return `At the canary edge ${host} ${said.errors} of its evaluations ended in an error.`;
  if (silentMs > SILENT_MS)
    return `The canary edge ${host} was not heard of for ${Math.round(silentMs / 1_000)} s since the candidate came.`;
  return null;
}

/** One that restarts has another name, and its predecessor falls silent: nothing else is seen of a crash. */
function silenceOf({ host, number: at, silentMs }: CanaryInstance, number: number): string | null {
  if (silentMs <= (at === number ? TRYING_SILENT_MS : INSTANCE_SILENT_MS)) return null;
  return `The SDK ${host} behind a canary edge was not heard of for ${Math.round(silentMs / 1_000)} s and has not said goodbye: it may have died of it.`;
}

function waiting(why: string): Health {
  return { state: 'waiting', why, heldMs: 0 };
}
