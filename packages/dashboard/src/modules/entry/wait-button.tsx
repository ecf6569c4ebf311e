import type { ReactNode } from 'react';
import { Button } from '../../ui/button.tsx';
import { waitWords } from './waiting.ts';

export interface WaitButtonProps {
  /** Seconds before it can be pressed; 0: now. */
  readonly seconds: number;
  readonly loading: boolean;
  readonly children: ReactNode;
}

/** Sends a form of these pages; while one has to wait it says for how long. */
export function WaitButton({ seconds, loading, children }: WaitButtonProps) {
  return (
    <Button type="submit" tone="primary" size="lg" loading={loading} disabled={seconds > 0} className="w-full">
      {seconds > 0 ? <span className="nums">Try again in {waitWords(seconds)}</span> : children}
    </Button>
  );
}
