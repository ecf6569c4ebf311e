/** Whoever stores exposures: takes batches off the queue and counts each once, by the real rule of what is known already. */
import type { WorkItem } from '@flaghoist/bus';
import type { ExposureBatch } from '@flaghoist/protocol/exposures';
import { fold, isFolded, type SenderProgress } from '@flaghoist/server/line';
import { Condition, Link } from './link.ts';
import type { Scene } from './scene.ts';
import { Machine } from './machine.ts';

const EVERY_MS = 2_000;
const LEASE_MS = 10_000;
const QUEUE = 'exposures';

export class InsightsActor {
  readonly machine = new Machine('insights');
  readonly bus = new Condition();
  readonly #scene: Scene;
  /** On disk: a transaction writes both. */
  readonly #senders = new Map<string, SenderProgress>();
  readonly #stored = new Map<string, number>();

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  /** Evaluations that were stored or reported as dropped by one process. */
  accounted(instance: string): number {
    return this.#stored.get(instance) ?? 0;
  }

  start(): void {
    const { machine } = this;
    machine.life += 1;
    machine.isUp = true;
    this.#scene.recording.note(machine.name, { what: 'began' });
    const { queue } = this.#scene.bus.connect(new Link(this.#scene.world, machine, 'The bus', this.bus), () => true);
    const turn = (): void =>
      void this.#scene.world.after(machine, EVERY_MS, () => {
        turn();
        queue
          .take(QUEUE, 100, LEASE_MS)
          .then(
            async (items) => {
              this.#fold(items);
              // A crash between the two brings them again.
              await queue.done(
                QUEUE,
                items.map(({ id }) => id),
              );
            },
            () => undefined,
          )
          .catch(() => undefined);
      });
    turn();
  }

  kill(): void {
    this.machine.life += 1;
    this.machine.isUp = false;
    this.#scene.recording.note(this.machine.name, { what: 'killed' });
  }

  #fold(items: readonly WorkItem[]): void {
    for (const { body } of items) {
      const { batch } = JSON.parse(Buffer.from(body).toString()) as { readonly batch: ExposureBatch };
      const { instance, sequence, rows, dropped } = batch;
      const sender = this.#senders.get(instance) ?? { foldedTo: 0, ahead: [] };
      if (this.#scene.seams.isFolded(isFolded(sender, sequence))) continue;
      this.#senders.set(instance, fold(sender, sequence));
      const evaluations = rows.reduce((sum, { count }) => sum + count, 0);
      this.#stored.set(instance, this.accounted(instance) + evaluations + dropped);
      this.#scene.recording.note('insights', { what: 'stored', instance, sequence, evaluations, dropped });
    }
  }
}
