import type { ReactNode } from 'react';
import { Button } from '../../ui/button.tsx';
import { ErrorNote, type Failure } from '../../ui/error-note.tsx';
import { TOO_MANY, waitWords } from './waiting.ts';

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

/** What is wrong with the whole form; that one has to wait goes when one need not any more. */
export function FormNote({ failure, seconds }: { readonly failure: Failure | null; readonly seconds: number }) {
  if (failure === null || (failure === TOO_MANY && seconds === 0)) return null;
  return <ErrorNote failure={failure} />;
}
