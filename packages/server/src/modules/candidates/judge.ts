/** How a candidate does, from what canary edges say of it. Pure; all ages are of the database's clock. */
import type { CanarySaid } from '@flaghoist/protocol/exposures';

export interface CanaryEdge {
  readonly edge: string;
  readonly host: string;
  readonly said: CanarySaid;
  /** Since it was last heard of, at the moment when receipts were last worked off. */
  readonly silentMs: number;
  readonly seenAt: string;
}

export interface Evidence {
  /** Whether receipts are worked off, and have been for so long that every live edge has spoken. */
  readonly isCounted: boolean;
  /** Since the candidate has its number. */
  readonly ageMs: number;
  readonly canaries: readonly CanaryEdge[];
}

export interface Health {
  readonly state: 'waiting' | 'healthy' | 'ill';
  readonly why: string;
  /** How long every live canary edge has answered from it. */
  readonly heldMs: number;
}

/** A canary edge speaks every 5 s while it tries something, every 15 s otherwise; the rest is for the way. */
export const SILENT_MS = 20_000;

/**
 * Those that count were live when the candidate came, or spoke since: one that dies of it before it could say so is missed too.
 * What an edge that is silent said before does not make the candidate healthy.
 */
export function judge(number: number, holdSeconds: number, { isCounted, ageMs, canaries }: Evidence): Health {
  if (!isCounted) return waiting('Receipts are not worked off: it is not known what canary edges say.');
  const counting = canaries.filter(({ silentMs }) => silentMs < ageMs + SILENT_MS);
  const problem = counting.map((one) => problemOf(one, number)).find((found) => found !== null);
  if (problem != null) return { state: 'ill', why: problem, heldMs: 0 };
  if (counting.length === 0)
    return waiting('No canary edge is live. Start one with --canary, or promote the change by hand.');
  const having = counting.filter(({ said }) => said.number === number);
  if (having.length < counting.length)
    return waiting(`${having.length} of ${counting.length} canary edges answer from it.`);
  const heldMs = Math.min(...counting.map(({ said }) => said.appliedMs ?? 0));
  const held = `${counting.length} canary ${counting.length === 1 ? 'edge answers' : 'edges answer'} from it since ${Math.floor(heldMs / 1_000)} s`;
  if (heldMs < holdSeconds * 1_000) return { ...waiting(`${held}; ${holdSeconds} s are asked for.`), heldMs };
  return { state: 'healthy', why: `${held}, without a problem.`, heldMs };
}

function problemOf({ host, said, silentMs }: CanaryEdge, number: number): string | null {
  if (said.refused?.number === number) return `The canary edge ${host} does not apply it: ${said.refused.problem}`;
  if (said.number === number && said.errors > 0)
    return `At the canary edge ${host} ${said.errors} of its evaluations ended in an error.`;
  if (silentMs > SILENT_MS)
    return `The canary edge ${host} was not heard of for ${Math.round(silentMs / 1_000)} s since the candidate came.`;
  return null;
}

function waiting(why: string): Health {
  return { state: 'waiting', why, heldMs: 0 };
}
