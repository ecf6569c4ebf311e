/** Having to wait before one may try again. */
import { ApiProblem } from '../../api/problem.ts';
import type { Failure } from '../../ui/error-note.tsx';

const USUAL_SECONDS = 30;

/** Said while one has to wait; the button counts the seconds, so that nothing is read aloud each second. */
export const TOO_MANY: Failure = {
  title: 'There were too many attempts',
  detail: 'The button below counts down until you may try again.',
};

/** How long a refusal asks one to wait; null when it is not about that. */
export function waitOf(error: unknown): number | null {
  if (!(error instanceof ApiProblem) || error.code !== 'too_many_attempts') return null;
  return error.retryAfterSeconds ?? USUAL_SECONDS;
}

/** “27 s”, “3 min 05 s”, “1 h 02 min”: never longer than a button can hold. */
export function waitWords(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  const pad = (value: number): string => String(value).padStart(2, '0');
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${pad(seconds % 60)} s`;
  const minutes = Math.ceil(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`;
}
