/** What is in files that somebody replaces while the process runs: certificates, keys. */

export interface RereadOptions<T> {
  /** Reads the files anew. What it rejects with is said to the operator. */
  readonly load: () => Promise<T>;
  /** Tells one content from another. */
  readonly identify: (value: T) => string;
  readonly onChange: (value: T) => void;
  /** The files cannot be used, what was read before stays: once for each reason. */
  readonly onRefused: (problem: string) => void;
  /** Absent: 2 s. */
  readonly everyMs?: number;
}

export interface Reread {
  /** Why the files as they are now cannot be used; null: they are what is used. */
  readonly problem: string | null;
  stop(): void;
}

const EVERY_MS = 2_000;

/**
 * Looks by reading: that is right for files that are renamed, links that are moved and folders that are mounted, on every
 * system, where notifications of the system are not. Two files are not replaced at one moment, so what is wrong is said
 * when it is so twice in a row. Keeps no process alive.
 */
export function rereadFiles<T>(inUse: T, options: RereadOptions<T>): Reread {
  const { load, identify, onChange, onRefused, everyMs = EVERY_MS } = options;
  let used = identify(inUse);
  let stopped = false;
  let seen: string | null = null;
  let said: string | null = null;
  let timer: NodeJS.Timeout;

  const look = async (): Promise<void> => {
    try {
      const value = await load();
      if (stopped) return;
      seen = null;
      said = null;
      const identity = identify(value);
      if (identity === used) return;
      onChange(value);
      used = identity;
    } catch (error) {
      if (!stopped) refused(error instanceof Error ? error.message : String(error));
    }
  };
  const refused = (problem: string): void => {
    if (problem === seen && problem !== said) {
      said = problem;
      onRefused(problem);
    }
    seen = problem;
  };
  const wait = (): void => {
    if (stopped) return;
    timer = setTimeout(() => void look().then(wait), everyMs);
    timer.unref();
  };
  wait();
  return {
    get problem() {
      return said;
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
