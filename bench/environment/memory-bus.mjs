// @ts-check
/** The bus in memory: what the edge does with a message is measured, not how it came. */

/**
 * @typedef {import('@flaghoist/bus').LogMessage} LogMessage
 * @typedef {import('@flaghoist/bus').OrderedLog} OrderedLog
 * @typedef {import('@flaghoist/bus').WorkQueue} WorkQueue
 */

/** @implements {OrderedLog} */
export class MemoryLog {
  /** @type {LogMessage[]} */
  #messages = [];
  /** @type {(() => Promise<void>) | null} */
  #wake = null;

  /**
   * Stores the message and calls the follower at once.
   *
   * @type {OrderedLog['append']}
   */
  append({ stream, id, checkpoint, body }) {
    const position = this.#messages.length + 1;
    this.#messages.push({ stream, position, id, checkpoint, body });
    void this.#wake?.();
    return Promise.resolve({ outcome: 'appended', position });
  }

  /** @type {OrderedLog['readAfter']} */
  readAfter(_stream, position, limit) {
    return Promise.resolve(this.#messages.slice(position, position + limit));
  }

  /** @type {OrderedLog['readFromCheckpoint']} */
  readFromCheckpoint() {
    return Promise.resolve(this.#messages.slice(this.#messages.findLastIndex(({ checkpoint }) => checkpoint)));
  }

  /** @type {OrderedLog['heads']} */
  heads() {
    const last = this.#messages.at(-1);
    return Promise.resolve(
      new Map(last === undefined ? [] : [[last.stream, { position: last.position, id: last.id }]]),
    );
  }

  /** @type {OrderedLog['trim']} */
  trim() {
    return Promise.resolve();
  }

  /**
   * One follower. Its calls overlap only if somebody appends before the call before has ended, which a bench does not.
   *
   * @type {OrderedLog['follow']}
   */
  follow(wake) {
    this.#wake = () => wake(new Set());
    return {
      request: () => void this.#wake?.(),
      stop: async () => {
        this.#wake = null;
      },
    };
  }
}

/** Takes everything and gives nothing: nobody counts here. @type {WorkQueue} */
export const DISCARDING_QUEUE = {
  push: () => Promise.resolve(),
  take: () => Promise.resolve([]),
  done: () => Promise.resolve(),
  depth: () => Promise.resolve(0),
  follow: () => ({ request: () => undefined, stop: () => Promise.resolve() }),
};
