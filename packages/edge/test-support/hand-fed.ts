/** A followed environment whose transport is the test's hand: what it is fed arrives at once. */
import type { FetchListener, StreamListener } from '@flaghoist/client';
import { createRegexEngine } from '@flaghoist/client/regex';
import { type Block, formatBlock } from '@flaghoist/protocol/ruleset';
import { createLogger } from '@flaghoist/runtime/telemetry';
import { sha256 } from '@flaghoist/testkit/published-environment';
import { DEFAULT_LIMITS } from '../src/limits.ts';
import { createTimers, pause } from '../src/node-timers.ts';
import { FollowedEnvironment } from '../src/replica/followed-environment.ts';

export class HandFed {
  readonly followed: FollowedEnvironment;
  #fetching: FetchListener | null = null;
  #streaming: StreamListener | null = null;

  /** Resolves once it serves the block. */
  static async serving(first: Block): Promise<HandFed> {
    const fed = new HandFed(first.head.environment);
    await fed.followed.start();
    fed.#fetching?.onRuleset(formatBlock(first.headText, first.entities));
    fed.#streaming?.onOpen();
    fed.#streaming?.onEvent({ event: 'head', data: first.headText });
    return fed;
  }

  private constructor(id: string) {
    this.followed = new FollowedEnvironment({
      id,
      transport: {
        fetch: (_etag, listener) => {
          this.#fetching = listener;
          return () => undefined;
        },
        connect: (_after, listener) => {
          this.#streaming = listener;
          return () => {
            this.#streaming = null;
          };
        },
      },
      pace: undefined,
      store: null,
      sha256,
      regex: createRegexEngine(),
      // What is waited for is none of the test's concern.
      timers: { ...createTimers(Date.now), after: () => () => undefined },
      random: Math.random,
      pause,
      counts: { rejected: new Map(), loaded: { newer: 0, older: 0 }, fileProblems: 0 },
      logger: createLogger({ level: 'silent', name: 'edge' }),
      limits: DEFAULT_LIMITS,
      onChanged: () => undefined,
      onState: () => undefined,
      onKeyRefused: () => undefined,
    });
  }

  /** Feeds the block of a patch. Null when it was applied, or was nothing new; else why not. */
  patch({ headText, entities }: Pick<Block, 'headText' | 'entities'>) {
    this.#streaming?.onEvent({ event: 'patch', data: formatBlock(headText, entities).slice(0, -1) });
    return this.followed.refused;
  }

  /** What the server holds is what is held: streams again after a refusal. */
  settle(): void {
    this.#fetching?.onUnchanged();
    this.#streaming?.onOpen();
  }
}
