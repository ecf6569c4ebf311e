import type { Colors } from './reporter.ts';
import type { Cell } from './table.ts';

/** Whether a key or token still opens anything at `now` (milliseconds since 1970). */
export function lifeText(
  { expiresAt, revokedAt }: { readonly expiresAt: string | null; readonly revokedAt: string | null },
  now: number,
  colors: Colors,
): Cell {
  if (revokedAt !== null) return { text: `revoked ${revokedAt}`, style: colors.red };
  if (expiresAt === null) return { text: 'valid', style: colors.green };
  return Date.parse(expiresAt) <= now
    ? { text: `expired ${expiresAt}`, style: colors.red }
    : { text: `until ${expiresAt}`, style: colors.green };
}
