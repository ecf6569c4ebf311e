/** The way from a machine to a service that answers questions: the database, or the bus. */
import type { Machine } from './machine.ts';
import type { World } from './world.ts';

/**
 * `refused`: nobody is there. `hung`: questions go out and nothing comes back, whether or not they arrived. `slow`: up to
 * some seconds each way.
 */
export type LinkState = 'ok' | 'refused' | 'hung' | 'slow';

/** What is wrong with the way from one machine, whichever process is there. */
export class Condition {
  #state: LinkState = 'ok';
  readonly #unanswered = new Set<() => void>();

  get state(): LinkState {
    return this.#state;
  }

  breakDown(state: Exclude<LinkState, 'ok'>): void {
    this.#state = state;
  }

  /** What was asked and never answered ends with an error: the connection it was asked on is found dead. */
  mend(): void {
    this.#state = 'ok';
    for (const fail of this.#unanswered) fail();
    this.#unanswered.clear();
  }

  /** Called when the way is mended. */
  onMended(fail: () => void): void {
    this.#unanswered.add(fail);
  }
}

/** As one process has it. */
export class Link {
  readonly #world: World;
  readonly #machine: Machine;
  readonly #life: number;
  readonly #service: string;
  readonly #condition: Condition;

  constructor(world: World, machine: Machine, service: string, condition: Condition) {
    this.#world = world;
    this.#machine = machine;
    this.#life = machine.life;
    this.#service = service;
    this.#condition = condition;
  }

  /** Does the work at the service, if the question gets there, and answers on the machine, if the answer does. */
  ask<T>(work: () => T): Promise<T> {
    const { state } = this.#condition;
    const { random } = this.#world;
    return new Promise((resolve, reject) => {
      if (state === 'refused') {
        this.#world.after(this.#machine, 1, () => reject(new Error(`${this.#service} cannot be reached.`)));
        return;
      }
      if (state === 'hung')
        this.#condition.onMended(() => {
          if (this.#machine.life === this.#life)
            this.#world.after(this.#machine, 1, () => reject(new Error(`${this.#service} did not answer.`)));
        });
      if (state === 'hung' && random.chance(0.5)) return;
      this.#world.after(null, this.#delay(state), () => {
        const answer = attempt(work);
        // Who asked may be dead, and another process there: the answer is not for that one.
        if (state === 'hung' || this.#machine.life !== this.#life) return;
        this.#world.after(this.#machine, this.#delay(this.#condition.state), () =>
          answer.ok ? resolve(answer.value) : reject(answer.error),
        );
      });
    });
  }

  /** For the followers of a bus. */
  readonly startTimer = (call: () => void, ms: number): (() => void) => this.#world.after(this.#machine, ms, call);

  /** Tells the machine something, unless the way is broken. */
  tell(what: () => void): void {
    if (this.#condition.state !== 'ok' || this.#machine.life !== this.#life) return;
    this.#world.after(this.#machine, this.#delay('ok'), what);
  }

  #delay(state: LinkState): number {
    const { random } = this.#world;
    return state === 'slow' ? random.between(200, 4_000) : random.between(1, 4);
  }
}

type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

function attempt<T>(work: () => T): Answer<T> {
  try {
    return { ok: true, value: work() };
  } catch (error) {
    return { ok: false, error };
  }
}
