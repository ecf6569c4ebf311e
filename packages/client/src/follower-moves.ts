/** The moves that the states of the follower's machine share. */
import type {
  FollowerAction,
  FollowerState,
  Memory,
  ProblemCode,
  RefusedContent,
  Request,
  Step,
  TimerName,
} from './follower-state.ts';
import { describePlace, type Place, type Relation } from './place.ts';

const POLL_FROM_FAILURES = 2;

export function attempt(memory: Memory, request: Request): Step {
  const number = memory.attempt + 1;
  const { mine } = memory;
  if (request === 'connect' && mine !== null)
    return {
      state: { ...core(memory), attempt: number, name: 'connecting' },
      actions: [{ type: 'connect', attempt: number, after: mine }],
    };
  return {
    state: { ...core(memory), attempt: number, name: 'fetching' },
    actions: [{ type: 'fetch', attempt: number, etag: memory.unusable ?? mine?.hash ?? null }],
  };
}

export function wait(memory: Memory, next: Request, minMs: number, maxMs: number): Step {
  return {
    state: { ...core(memory), failures: memory.failures + 1, name: 'waiting', next, forNews: false },
    actions: [setTimer('wait', minMs, maxMs)],
  };
}

interface Remembered {
  readonly memory: Memory;
  readonly actions: readonly FollowerAction[];
}

export function goStale(memory: Memory): Remembered {
  if (memory.mine === null || memory.freshness === 'stale') return { memory: core(memory), actions: [] };
  return {
    memory: { ...core(memory), freshness: 'stale' },
    actions: [{ type: 'clearTimer', timer: 'aged' }, { type: 'stale' }],
  };
}

/** Nothing confirms any more what is held: the time until it counts as stale begins. */
export function doubt(memory: Memory): Remembered {
  if (memory.freshness === 'doubtful' || memory.freshness === 'stale') return { memory: core(memory), actions: [] };
  return {
    memory: { ...core(memory), freshness: 'doubtful' },
    actions: [setTimer('aged', memory.staleAfterMs)],
  };
}

/** From the third trouble in a row on a new connection begins with a snapshot. */
export function reconnection(memory: Memory): Request {
  return memory.failures >= POLL_FROM_FAILURES ? 'fetch' : 'connect';
}

/** The memory of a state without what belongs to the state alone. */
export function core(memory: Memory): Memory {
  const { mine, confirmed, failures, attempt, freshness, unusable, late, polls, asked, staleAfterMs, pace } = memory;
  return { mine, confirmed, failures, attempt, freshness, unusable, late, polls, asked, staleAfterMs, pace };
}

export function misfit(relation: Exclude<Relation, 'same'>, other: Place, mine: Place): FollowerAction {
  const [theirs, ours] = [describePlace(other), describePlace(mine)];
  const messages = {
    split: `The server has another ruleset at ${theirs} (head ${other.hash}, ours ${mine.hash}).`,
    behind: `The server is at ${theirs}, behind our ${ours}.`,
    ahead: `The server is at ${theirs} and sent no patches from our ${ours}.`,
    elsewhere: `The server says environment ${other.environment}, ours is ${mine.environment}.`,
  };
  const message = messages[relation];
  if (relation === 'split') return problem('split', message, { reason: 'history', message });
  if (relation === 'elsewhere') return problem('order', message, { reason: 'environment', message });
  return problem('order', message);
}

export function problem(code: ProblemCode, message: string, refused?: RefusedContent): FollowerAction {
  return { type: 'problem', problem: { code, message, ...(refused === undefined ? {} : { refused }) } };
}

export function unreadable(refused: Pick<RefusedContent, 'reason' | 'message'>): FollowerAction {
  const { reason, message } = refused;
  return problem('ruleset', message, { reason, message });
}

export function setTimer(timer: TimerName, minMs: number, maxMs = minMs): FollowerAction {
  return { type: 'setTimer', timer, minMs, maxMs };
}

export function stay(state: FollowerState): Step {
  return { state, actions: [] };
}

export function also(actions: readonly FollowerAction[], next: Step): Step {
  return { state: next.state, actions: [...actions, ...next.actions] };
}

export function after(first: Remembered, next: (memory: Memory) => Step): Step {
  return also(first.actions, next(first.memory));
}
