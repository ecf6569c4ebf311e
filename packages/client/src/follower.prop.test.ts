import { createFakeClock } from '@flaghoist/testkit';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flag, PublishedEnvironment, sha256 } from '@flaghoist/testkit/published-environment';
import { SimulatedServer } from '../test-support/simulated-server.ts';
import { createFollower } from './follower.ts';

const FAULTS = ['down', 'unauthorized', 'busy', 'mute', 'corrupt', 'cut', 'forget', 'split'] as const;
const act = fc.oneof(
  fc.record({ fault: fc.constantFrom(...FAULTS) }),
  fc.record({ publish: fc.constantFrom('on' as const, 'off' as const) }),
  fc.record({ publish: fc.constantFrom('on' as const, 'off' as const) }),
  fc.record({ heal: fc.constant(true) }),
  fc.record({ pass: fc.integer({ min: 1, max: 50_000 }) }),
  fc.record({ pass: fc.integer({ min: 1, max: 500 }) }),
);
type Act =
  | { readonly fault: (typeof FAULTS)[number] }
  | { readonly publish: 'on' | 'off' }
  | { readonly heal: boolean }
  | { readonly pass: number };

const INITIAL = [flag('f', 'off')];

/** A follower and a server over a simulated network, with everything that may go wrong between them. */
class Story {
  readonly clock = createFakeClock();
  readonly server = new SimulatedServer(this.clock, INITIAL);
  readonly #honest = this.server.environment;
  readonly #revisions: number[] = [];
  readonly follower;

  constructor(random: () => number) {
    this.follower = createFollower({
      sha256,
      transport: this.server.transport,
      timers: { after: (ms, run) => this.clock.setTimeout(run, ms), now: this.clock.now },
      random,
      regex: null,
      onChanged: () => this.#look(),
    });
  }

  async play(acts: readonly Act[]): Promise<void> {
    await this.follower.start();
    for (const act of acts) {
      if ('fault' in act) this.#harm(act.fault);
      else if ('publish' in act) this.#publish(act.publish);
      else if ('heal' in act) this.heal();
      else this.clock.advance(act.pass);
      this.#look();
    }
  }

  heal(): void {
    this.server.failure = null;
    this.server.mute = false;
    this.server.tamper = (text) => text;
    this.server.keep = 100;
    this.server.environment = this.#honest;
  }

  #publish(variant: 'on' | 'off'): void {
    const block = this.#honest.publish([flag('f', variant)]);
    if (this.server.environment === this.#honest) this.server.announce(block);
  }

  #harm(fault: (typeof FAULTS)[number]): void {
    const { server } = this;
    if (fault === 'down') server.failure = { status: null, retryAfterMs: null, message: fault };
    if (fault === 'unauthorized') server.failure = { status: 401, retryAfterMs: null, message: fault };
    if (fault === 'busy') server.failure = { status: 503, retryAfterMs: 9_000, message: fault };
    if (fault === 'mute') server.mute = true;
    if (fault === 'corrupt') server.tamper = (text) => text.replaceAll('"default"', '"defalut"');
    if (fault === 'cut') server.cut();
    if (fault === 'forget') server.keep = 0;
    if (fault !== 'split') return;
    server.environment = new PublishedEnvironment();
    for (let i = 0; i < this.#honest.head.revision; i++) server.environment.publish([flag('other', 'on')]);
  }

  #look(): void {
    const revision = this.follower.ruleset.cursor?.revision ?? 0;
    expect(revision, 'the revision went back').toBeGreaterThanOrEqual(this.#revisions.at(-1) ?? 0);
    this.#revisions.push(revision);
    expect(this.server.mostInFlight, 'two attempts at a time').toBeLessThanOrEqual(1);
  }
}

/** Numbers in [0, 1) that depend on the seed alone. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('a follower over a network where everything goes wrong', () => {
  it('never goes back, never asks twice at a time, never storms, and ends where the server is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 40 }), fc.nat(), async (acts, seed) => {
        const story = new Story(seeded(seed));
        // A follower that took a snapshot from the wrong half of a split is freed by the next revision of the right one.
        await story.play([...acts, { heal: true }, { publish: 'on' }]);
        // Five minutes for a refused key, six at most for 20 polls, then backoff and a minute for the rest.
        story.clock.advance(1_200_000);
        expect(story.follower.state).toBe('streaming');
        expect(story.follower.freshness).toBe('fresh');
        expect(story.follower.ruleset.headHash).toBe(story.server.environment.headHash);
        const minutes = story.clock.now() / 60_000;
        expect(story.server.requests.length, 'a storm').toBeLessThan(60 + 60 * minutes);
      }),
      { numRuns: 500 },
    );
  });
});
