/** The moves that the states of the follower's machine share. */
import type { FollowerAction, FollowerState, Memory, ProblemCode, Request, Step, TimerName } from './follower-state.ts';
import { describePlace, type Place, type Relation } from './place.ts';

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
    state: { ...core(memory), failures: memory.failures + 1, name: 'waiting', next },
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

/** The memory of a state without what belongs to the state alone. */
export function core(memory: Memory): Memory {
  const { mine, confirmed, failures, attempt, freshness, unusable, late, polls, staleAfterMs } = memory;
  return { mine, confirmed, failures, attempt, freshness, unusable, late, polls, staleAfterMs };
}

export function misfit(relation: Exclude<Relation, 'same'>, other: Place, mine: Place): FollowerAction {
  const [theirs, ours] = [describePlace(other), describePlace(mine)];
  const messages = {
    split: `The server has another ruleset at ${theirs} (head ${other.hash}, ours ${mine.hash}).`,
    behind: `The server is at ${theirs}, behind our ${ours}.`,
    ahead: `The server is at ${theirs} and sent no patches from our ${ours}.`,
    elsewhere: `The server says environment ${other.environment}, ours is ${mine.environment}.`,
  };
  return problem(relation === 'split' ? 'split' : 'order', messages[relation]);
}

export function problem(code: ProblemCode, message: string): FollowerAction {
  return { type: 'problem', problem: { code, message } };
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
