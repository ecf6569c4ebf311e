import { useEffect, useState } from 'react';
import type { Failure } from '../../ui/error-note.tsx';
import { TOO_MANY, waitOf } from './waiting.ts';

export interface Wait {
  /** Seconds that are left; 0: one may try. */
  readonly seconds: number;
  /** Begins to count down when this is a refusal that asks for it, and answers what to say; null for anything else. */
  readonly heed: (error: unknown) => Failure | null;
}

/** Counts down after too many attempts. */
export function useWait(): Wait {
  const [until, setUntil] = useState(0);
  const [now, setNow] = useState(() => Date.now());
  const seconds = Math.max(0, Math.ceil((until - now) / 1_000));
  const isWaiting = seconds > 0;

  useEffect(() => {
    if (!isWaiting) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, [isWaiting]);

  return {
    seconds,
    heed: (error) => {
      const wait = waitOf(error);
      if (wait === null) return null;
      setNow(Date.now());
      setUntil(Date.now() + wait * 1_000);
      return TOO_MANY;
    },
  };
}
