/** Which keys were used when, on its way from the edges to the list of keys. */

/** The work queue that carries it. */
export const KEY_USAGE_QUEUE = 'key-usage';

export const KEY_USAGE_LIMITS = { keys: 10_000 } as const;

/** Adding the same again changes nothing: of all that is said about a key the latest counts. */
export interface KeyUsage {
  /** Ids of keys, each with the minute since 1970, by the edge's clock, in which it was last used. */
  readonly keys: readonly (readonly [id: string, minute: number])[];
}

const ID = /^[0-9A-Za-z]{10}$/;
/** Year 9999; anything above is no clock. */
const LAST_MINUTE = 4_200_000_000;

/** Null when the text is not JSON of this shape. */
export function parseKeyUsage(text: string): KeyUsage | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const keys: unknown = (value as { readonly keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys) || keys.length > KEY_USAGE_LIMITS.keys || !keys.every(isUse)) return null;
  return { keys };
}

function isUse(value: unknown): value is readonly [string, number] {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [id, minute] = value as readonly unknown[];
  if (typeof id !== 'string' || !ID.test(id)) return false;
  return typeof minute === 'number' && Number.isSafeInteger(minute) && minute >= 0 && minute <= LAST_MINUTE;
}
