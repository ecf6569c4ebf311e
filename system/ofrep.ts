/** OFREP as it is on the wire. */

export interface OfrepAnswer {
  readonly status: number;
  readonly text: string;
}

/** `flag` null: all flags at once. Without a key: `key` null. */
export async function askOverOfrep(
  url: string,
  key: string | null,
  flag: string | null,
  context: object = { targetingKey: 'somebody' },
  deadlineMs = 5_000,
): Promise<OfrepAnswer> {
  const path = flag === null ? '' : `/${encodeURIComponent(flag)}`;
  const answer = await fetch(`${url}/ofrep/v1/evaluate/flags${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key === null ? {} : { authorization: `Bearer ${key}` }) },
    body: JSON.stringify({ context }),
    signal: AbortSignal.timeout(deadlineMs),
  });
  return { status: answer.status, text: await answer.text() };
}
