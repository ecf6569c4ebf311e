/** What a follower does while its stream is open. */
import { HEARTBEAT_MS, SILENCE_MS } from '@flaghoist/protocol/ruleset';
import { backoff } from './backoff.ts';
import {
  after,
  also,
  attempt,
  doubt,
  misfit,
  problem,
  reconnection,
  setTimer,
  stay,
  unreadable,
  wait,
} from './follower-moves.ts';
import { beginPolling, LATE_LIMIT } from './follower-polling.ts';
import type { FollowerAction, FollowerEvent, FollowerState, Step, TimerName } from './follower-state.ts';
import { describePlace, type Place, relate } from './place.ts';

export const QUICK_RETRY_MS = 200;
export const HEALTHY_MS = 60_000;
/** How long a stream's head and the copy may disagree: patches may be on their way, and so may a lagging server. */
export const SETTLE_MS = 1_000;
/** A server sends its head as soon as it opens a stream, and again every `HEARTBEAT_MS`. */
export const FIRST_HEAD_MS = 5_000;
export const NEXT_HEAD_MS = HEARTBEAT_MS + 10_000;

export type Streaming = FollowerState & { readonly name: 'streaming' };

export function streaming(state: Streaming, event: FollowerEvent): Step {
  switch (event.type) {
    case 'heard':
      return also([setTimer('silent', SILENCE_MS)], stay(state));
    case 'head':
      return also([setTimer('late', NEXT_HEAD_MS)], head(state, event.place));
    case 'patch':
      return patch(state, event);
    case 'probed':
      return probed(state, event);
    case 'applied':
      return patched(state, event.place);
    case 'rejected': {
      const message = `The patch to ${describePlace(event.place)} was refused: ${event.message}`;
      return refetch(state, [problem('ruleset', message, { reason: event.reason, message: event.message })]);
    }
    case 'malformed':
      return refetch(state, [unreadable(event)]);
    case 'reset':
      return refetch(state, []);
    case 'failed':
      return reconnect(state, [problem('ended', event.message)]);
    case 'timer':
      return streamTimer(state, event.timer);
    case 'start':
    case 'stop':
    case 'snapshot':
    case 'unchanged':
    case 'opened':
    case 'ask':
    case 'news':
      break;
  }
  return stay(state);
}

/** Only what is ahead is of use; what else a probe brings is for the stream to say. */
export function probed(state: FollowerState, { place, blocks }: FollowerEvent & { readonly type: 'probed' }): Step {
  if (state.mine === null || relate(place, state.mine) !== 'ahead') return stay(state);
  return also([{ type: 'apply', mode: 'snapshot', place, blocks }], stay(state));
}

function head(state: Streaming, place: Place): Step {
  const { mine } = state;
  if (mine === null) return refetch(state, []);
  const relation = relate(place, mine);
  switch (relation) {
    case 'same':
      return confirm(state);
    case 'split':
    case 'elsewhere':
      return refetch(state, [misfit(relation, place, mine)]);
    case 'ahead':
    case 'behind':
      break;
  }
  // No patch leads into another epoch, nor into or out of a candidate.
  if (place.epoch > mine.epoch || place.candidate !== mine.candidate) return refetch(state, []);
  const settle = state.announced === null ? [setTimer('unsettled', SETTLE_MS)] : [];
  return also(settle, stay({ ...state, announced: place }));
}

function patch(state: Streaming, event: FollowerEvent & { readonly type: 'patch' }): Step {
  const { place, blocks } = event;
  const { mine } = state;
  if (mine === null) return refetch(state, []);
  const relation = relate(place, mine);
  switch (relation) {
    case 'ahead':
      // Nor out of a candidate: the next revision is made on its base.
      if (place.epoch > mine.epoch || mine.candidate !== undefined) return refetch(state, []);
      return also([{ type: 'apply', mode: 'patch', place, blocks }], stay(state));
    case 'split':
    case 'elsewhere':
      return refetch(state, [misfit(relation, place, mine)]);
    case 'same':
    case 'behind':
      break;
  }
  return stay(state);
}

function patched(state: Streaming, place: Place): Step {
  const next: Streaming = { ...state, mine: place, confirmed: true, unusable: null };
  const relation = state.announced === null ? 'same' : relate(state.announced, place);
  if (relation === 'ahead') return also([setTimer('unsettled', SETTLE_MS)], stay(next));
  if (relation === 'split' && state.announced !== null)
    return refetch(next, [misfit(relation, state.announced, place)]);
  return confirm(next);
}

function confirm(state: Streaming): Step {
  const actions: FollowerAction[] = [];
  if (state.announced !== null) actions.push({ type: 'clearTimer', timer: 'unsettled' });
  if (state.freshness === 'doubtful') actions.push({ type: 'clearTimer', timer: 'aged' });
  if (state.freshness !== 'fresh') actions.push({ type: 'fresh' });
  if (!state.confirmedHere) actions.push(setTimer('healthy', HEALTHY_MS));
  return {
    state: { ...state, freshness: 'fresh', confirmed: true, announced: null, confirmedHere: true },
    actions,
  };
}

function streamTimer(state: Streaming, timer: TimerName): Step {
  switch (timer) {
    case 'silent':
      return also(
        [{ type: 'cancel' }],
        reconnect(state, [problem('ended', `The stream was silent for ${SILENCE_MS} ms.`)]),
      );
    case 'unsettled': {
      const { announced, mine } = state;
      if (announced === null || mine === null) return stay(state);
      if (relate(announced, mine) === 'ahead') return refetch(state, [misfit('ahead', announced, mine)]);
      return also([{ type: 'cancel' }], reconnect(state, [misfit('behind', announced, mine)]));
    }
    case 'late':
      return lateHead(state);
    case 'healthy':
      return stay({ ...state, failures: 0, late: 0 });
    case 'wait':
    case 'aged':
    case 'asked':
      break;
  }
  return stay(state);
}

/** The next head is overdue. A stream that brought none at all is left; one that did may have had a bad moment. */
function lateHead(state: Streaming): Step {
  const late = state.late + 1;
  const leaving: readonly FollowerAction[] = [{ type: 'cancel' }, ...streamTimersCleared(state)];
  if (late >= LATE_LIMIT) return also(leaving, beginPolling(state));
  if (state.announced === null && !state.confirmedHere)
    return also(
      [{ type: 'cancel' }],
      reconnect({ ...state, late }, [problem('ended', `The stream brought no head within ${FIRST_HEAD_MS} ms.`)]),
    );
  const healthy = state.confirmedHere ? [setTimer('healthy', HEALTHY_MS)] : [];
  return also([setTimer('late', NEXT_HEAD_MS), ...healthy], stay({ ...state, late }));
}

/** Leaves a stream that is still open for a snapshot. */
function refetch(state: Streaming, problems: readonly FollowerAction[]): Step {
  const leaving: readonly FollowerAction[] = [...problems, { type: 'cancel' }, ...streamTimersCleared(state)];
  return also(
    leaving,
    after(doubt(state), (memory) => {
      if (memory.failures > 0) return wait(memory, 'fetch', 0, backoff(memory.failures, memory.pace));
      return attempt({ ...memory, failures: 1 }, 'fetch');
    }),
  );
}

/** Leaves a stream that is over for another one. */
function reconnect(state: Streaming, problems: readonly FollowerAction[]): Step {
  const quick = state.failures === 0 && state.confirmedHere;
  const window = quick ? QUICK_RETRY_MS : backoff(state.failures, state.pace);
  const leaving = [...problems, ...streamTimersCleared(state)];
  return also(
    leaving,
    after(doubt(state), (memory) => wait(memory, reconnection(memory), 0, window)),
  );
}

function streamTimersCleared(state: Streaming): readonly FollowerAction[] {
  const actions: FollowerAction[] = [
    { type: 'clearTimer', timer: 'silent' },
    { type: 'clearTimer', timer: 'late' },
  ];
  if (state.announced !== null) actions.push({ type: 'clearTimer', timer: 'unsettled' });
  if (state.confirmedHere) actions.push({ type: 'clearTimer', timer: 'healthy' });
  return actions;
}
