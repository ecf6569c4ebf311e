/** What takes batches of exposures in and keeps them safe. */
import type { ExposureBatch } from '@flaghoist/protocol/exposures';

/** `full`: the bound is reached. `failed`: the disk refused. Neither is kept. */
export type AppendOutcome = 'stored' | 'full' | 'failed';

export interface ExposureStore {
  /** One line; `stored` once it is synced to disk. Never rejects. */
  append(line: string): Promise<AppendOutcome>;
}

/** The body of a queue item, on one line: JSON escapes line ends. */
export function toLine(environment: string, batch: ExposureBatch): string {
  return JSON.stringify({ environment, batch });
}

/** The id of the queue item; null when the line is not one that `toLine` wrote. */
export function itemId(line: string): string | null {
  try {
    const { environment, batch } = JSON.parse(line) as {
      environment?: unknown;
      batch?: { instance?: unknown; sequence?: unknown };
    };
    if (typeof environment !== 'string' || typeof batch?.instance !== 'string') return null;
    return Number.isSafeInteger(batch.sequence) ? `${environment}.${batch.instance}.${String(batch.sequence)}` : null;
  } catch {
    return null;
  }
}
