import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BACKOFF_CAP_MS, RETRY_AFTER_CAP_MS } from './backoff.ts';
import { initialState, REFUSED_RETRY_MS, step } from './follower-machine.ts';
import type { FollowerAction, FollowerEvent, FollowerState } from './follower-state.ts';
import { type Place, relate } from './place.ts';

const place: fc.Arbitrary<Place> = fc.record({
  environment: fc.constantFrom('env_1', 'env_1', 'env_1', 'env_2'),
  epoch: fc.integer({ min: 1, max: 2 }),
  revision: fc.integer({ min: 1, max: 5 }),
  hash: fc.constantFrom('a', 'b'),
});
/** How many attempts ago the event was sent: 0 is the one in flight, more is late. */
const attempt = fc.constantFrom(0, 0, 0, 0, 1, 2);
const event: fc.Arbitrary<FollowerEvent> = fc.oneof(
  fc.record({ type: fc.constant('start' as const), mine: fc.option(place) }),
  fc.record({
    type: fc.constant('timer' as const),
    timer: fc.constantFrom('wait', 'wait', 'wait', 'silent', 'late', 'late', 'unsettled', 'healthy', 'aged', 'asked'),
  }),
  fc.record({
    type: fc.constant('failed' as const),
    attempt,
    status: fc.constantFrom(null, 401, 403, 429, 500, 503),
    retryAfterMs: fc.option(fc.integer({ min: -1, max: 10_000_000 })),
    unanswered: fc.boolean(),
    message: fc.constant(''),
  }),
  fc.record({ type: fc.constantFrom('ask' as const, 'news' as const) }),
  fc.record({
    type: fc.constantFrom('snapshot' as const, 'patch' as const, 'probed' as const),
    attempt,
    place,
    blocks: fc.constant([]),
  }),
  fc.record({ type: fc.constant('head' as const), attempt, place }),
  fc.record({
    type: fc.constant('malformed' as const),
    attempt,
    reason: fc.constantFrom('unreadable', 'signature'),
    message: fc.constant(''),
  }),
  fc.record({ type: fc.constantFrom('unchanged', 'opened', 'opened', 'heard', 'reset' as const), attempt }),
);
/** Whether what is applied is accepted. */
type Verdict = 'accepted' | 'root' | 'engine' | 'gap' | 'quarantine';
const verdict = fc.constantFrom<Verdict[]>('accepted', 'accepted', 'root', 'engine', 'gap', 'quarantine');

const ANSWERS: ReadonlySet<string> = new Set(['snapshot', 'unchanged', 'malformed']);

/** A machine in a world that keeps its rules: attempts end once, timers fire only when they are set. */
class World {
  state: FollowerState = initialState(2_000);
  readonly done: FollowerAction[] = [];
  /** Attempts begun since the last `wait`, `healthy` or `late` timer went off. */
  burst = 0;
  #inFlight: number | null = null;
  readonly #timers = new Set<string>();

  happen(event: FollowerEvent, verdict: Verdict): void {
    if (event.type === 'start' && this.state.name !== 'starting') return;
    if (event.type === 'timer') {
      if (!this.#timers.delete(event.timer)) return;
      // Each of these comes seconds after what set it, but for `wait`, whose length is looked at where it is set.
      if (event.timer === 'wait' || event.timer === 'healthy' || event.timer === 'late') this.burst = 0;
    }
    if ('attempt' in event) {
      const sent = { ...event, attempt: this.state.attempt - event.attempt };
      const current = sent.attempt === this.#inFlight;
      // A fetch ends with whatever is said about it, a stream only by failing.
      if (current && (sent.type === 'failed' || (this.state.name === 'fetching' && ANSWERS.has(sent.type))))
        this.#inFlight = null;
      this.#step(sent, verdict);
    } else this.#step(event, verdict);
  }

  #step(event: FollowerEvent, verdict: Verdict): void {
    const before = this.state;
    const { state, actions } = step(before, event);
    this.state = state;
    this.#checkMine(before.mine, state.mine, before.confirmed);
    for (const action of actions) this.#perform(action, verdict);
  }

  #perform(action: FollowerAction, verdict: Verdict): void {
    this.done.push(action);
    if (action.type === 'fetch' || action.type === 'connect') {
      expect(this.#inFlight, 'an attempt begins while another is in flight').toBeNull();
      this.#inFlight = action.attempt;
      this.burst += 1;
    }
    if (action.type === 'cancel') this.#inFlight = null;
    if (action.type === 'setTimer') {
      this.#timers.add(action.timer);
      expect(action.minMs).toBeGreaterThanOrEqual(0);
      const longest = Math.max(REFUSED_RETRY_MS * 1.1, RETRY_AFTER_CAP_MS + BACKOFF_CAP_MS);
      expect(action.maxMs).toBeLessThanOrEqual(longest);
    }
    if (action.type === 'clearTimer') this.#timers.delete(action.timer);
    if (action.type === 'apply') {
      const { place } = action;
      if (verdict === 'accepted') this.#step({ type: 'applied', place }, verdict);
      else this.#step({ type: 'rejected', place, reason: verdict, message: '' }, verdict);
    }
  }

  #checkMine(before: Place | null, after: Place | null, confirmed: boolean): void {
    if (before === null || after === before) return;
    expect(after, 'what is held is lost').not.toBeNull();
    if (after === null) return;
    const relation = relate(after, before);
    expect(relation === 'ahead' || (relation === 'elsewhere' && !confirmed), `went ${relation}`).toBe(true);
  }

  /** The states that wait for something must have something to wait for. */
  checkAlive(): void {
    const { name } = this.state;
    if (name === 'waiting' || name === 'refused' || name === 'polling')
      expect(this.#timers.has('wait'), `${name} for ever`).toBe(true);
    if (name === 'fetching' || name === 'connecting' || name === 'streaming')
      expect(this.#inFlight, `${name} without an attempt`).not.toBeNull();
    if (name === 'streaming')
      for (const timer of ['silent', 'late'])
        expect(this.#timers.has(timer), `streaming without an end (${timer})`).toBe(true);
    if (name === 'stopped') expect([this.#inFlight, ...this.#timers], 'something still runs').toEqual([null]);
    else if (this.state.freshness === 'doubtful') expect(this.#timers.has('aged'), 'doubtful for ever').toBe(true);
  }
}

const story = fc.array(fc.tuple(event, verdict), { minLength: 1, maxLength: 80 });

describe("the follower's machine, whatever happens to it", () => {
  it('has one attempt in flight at most, always goes on, never goes back and never asks on without waiting', () => {
    fc.assert(
      fc.property(fc.option(place), story, (mine, events) => {
        const world = new World();
        world.happen({ type: 'start', mine }, 'accepted');
        for (const [what, verdict] of events) {
          world.happen(what, verdict);
          world.checkAlive();
          // Start, connect, and once more both for the first trouble of a stream.
          expect(world.burst).toBeLessThanOrEqual(4);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it('says ready exactly once, and fresh and stale in turns', () => {
    fc.assert(
      fc.property(fc.option(place), story, (mine, events) => {
        const world = new World();
        world.happen({ type: 'start', mine }, 'accepted');
        for (const [what, verdict] of events) world.happen(what, verdict);
        const said = world.done.map(({ type }) => type);
        expect(said.filter((type) => type === 'ready').length).toBe(world.state.mine === null ? 0 : 1);
        const stale = said.filter((type) => type === 'stale' || type === 'fresh');
        for (let i = 1; i < stale.length; i++)
          expect(stale[i] === 'stale' && stale[i - 1] === 'stale', 'stale is said twice').toBe(false);
        if (said.includes('stale')) expect(said.indexOf('ready')).toBeLessThan(said.indexOf('stale'));
      }),
      { numRuns: 1_000 },
    );
  });

  it('does nothing any more once it was stopped, and leaves nothing running', () => {
    fc.assert(
      fc.property(fc.option(place), story, story, (mine, before, after) => {
        const world = new World();
        world.happen({ type: 'start', mine }, 'accepted');
        for (const [what, verdict] of before) world.happen(what, verdict);
        world.happen({ type: 'stop' }, 'accepted');
        const done = world.done.length;
        for (const [what, verdict] of after) world.happen(what, verdict);
        expect(world.done).toHaveLength(done);
        world.checkAlive();
      }),
    );
  });

  it('comes to stream what the server holds as soon as the server behaves', () => {
    fc.assert(
      fc.property(fc.option(place), story, (mine, events) => {
        const world = new World();
        world.happen({ type: 'start', mine }, 'accepted');
        for (const [what, verdict] of events) world.happen(what, verdict);
        const theirs: Place = {
          environment: world.state.mine?.environment ?? 'env_1',
          epoch: 3,
          revision: 1,
          hash: 'z',
        };
        const behave: readonly FollowerEvent[] = [
          { type: 'timer', timer: 'wait' },
          { type: 'snapshot', attempt: 0, place: theirs, blocks: [] },
          { type: 'opened', attempt: 0 },
          { type: 'head', attempt: 0, place: theirs },
        ];
        // A follower that polls tries a stream after 20 polls.
        for (let round = 0; round < 25; round++) for (const what of behave) world.happen(what, 'accepted');
        expect(world.state).toMatchObject({ name: 'streaming', mine: theirs, freshness: 'fresh' });
      }),
      { numRuns: 1_000 },
    );
  });
});
