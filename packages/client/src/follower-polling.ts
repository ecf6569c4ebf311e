/** The moves of a follower that asks, because something on the way holds streams back. */
import { after, also, attempt, core, doubt, problem, setTimer } from './follower-moves.ts';
import type { FollowerAction, FollowerState, Memory, Step } from './follower-state.ts';

/** So often in a row heads are late before the follower polls. */
export const LATE_LIMIT = 2;
const POLL_MIN = 0.8;
const POLL_MAX = 1.2;
/** Before a stream is tried again. */
export const POLLS = 20;

/** What is held is what the server holds: on to the stream, or to the next poll. */
export function fetched(memory: Memory): Step {
  const held = { ...memory, confirmed: true };
  if (memory.polls === 0) return after(doubt(held), (memory) => attempt(memory, 'connect'));
  const actions: FollowerAction[] = [];
  if (memory.freshness === 'doubtful') actions.push({ type: 'clearTimer', timer: 'aged' });
  if (memory.freshness !== 'fresh') actions.push({ type: 'fresh' });
  const fresh: Memory = { ...core(held), freshness: 'fresh' };
  // Right after a poll: a stream that is held back again keeps the next one off no longer than it has to.
  if (memory.polls === 1) return also(actions, attempt({ ...fresh, polls: 0 }, 'connect'));
  const { pollMs } = memory.pace;
  return {
    state: { ...fresh, name: 'polling' },
    actions: [...actions, setTimer('wait', pollMs * POLL_MIN, pollMs * POLL_MAX)],
  };
}

/** Time for the next poll: whether what is held is doubted is for what comes of it. */
export function poll(state: FollowerState): Step {
  return after(doubt({ ...state, polls: state.polls - 1 }), (memory) => attempt(memory, 'fetch'));
}

/** Heads do not come through in time: asks instead of listening. */
export function beginPolling(memory: Memory): Step {
  const message = `Heads came late ${LATE_LIMIT} times: something between here and the server holds streams back. Polling instead.`;
  return also(
    [problem('late', message)],
    after(doubt(memory), (memory) => attempt({ ...memory, late: LATE_LIMIT - 1, polls: POLLS }, 'fetch')),
  );
}
