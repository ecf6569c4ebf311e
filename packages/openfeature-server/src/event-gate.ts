/** Tells OpenFeature what changed, in the order and at the moments in which its statuses come out right. */
import { ErrorCode, type OpenFeatureEventEmitter, ProviderEvents } from '@openfeature/server-sdk';

export type Status = 'ready' | 'stale' | 'error';

/**
 * OpenFeature itself says READY or ERROR when initialization has ended, and would overwrite what the provider says
 * before. So everything is held back until then; after that each event is emitted when the status really changes.
 */
export class EventGate {
  readonly #events: OpenFeatureEventEmitter;
  readonly #changed = new Set<string>();
  /** What OpenFeature believes; null until initialization has ended. */
  #told: Status | null = null;
  #status: Status = 'error';
  #message: string | undefined;

  constructor(events: OpenFeatureEventEmitter) {
    this.#events = events;
  }

  /** The status from now on; `message` says why it is not `ready`. */
  set(status: Status, message?: string): void {
    this.#status = status;
    this.#message = message;
    this.#tell();
  }

  changed(flagKeys: readonly string[]): void {
    for (const key of flagKeys) this.#changed.add(key);
    this.#tell();
  }

  /** Initialization is about to end: nobody has seen an answer from before what changed until now. */
  settle(): void {
    this.#changed.clear();
  }

  /** Initialization has ended and OpenFeature has said so. */
  open(told: Status): void {
    this.#told = told;
    this.#tell();
  }

  #tell(): void {
    if (this.#told === null) return;
    if (this.#changed.size > 0) {
      const flagsChanged = [...this.#changed];
      this.#changed.clear();
      this.#events.emit(ProviderEvents.ConfigurationChanged, { flagsChanged });
    }
    if (this.#told === this.#status) return;
    this.#told = this.#status;
    const message = this.#message === undefined ? {} : { message: this.#message };
    switch (this.#status) {
      case 'ready':
        this.#events.emit(ProviderEvents.Ready);
        break;
      case 'stale':
        this.#events.emit(ProviderEvents.Stale, message);
        break;
      case 'error':
        this.#events.emit(ProviderEvents.Error, { ...message, errorCode: ErrorCode.GENERAL });
        break;
    }
  }
}
