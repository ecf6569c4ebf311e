/** Recovery codes as a text to keep: what they are for stands with them, since they are found again years later. */
export function recoveryText({
  email,
  codes,
  origin,
  at,
}: {
  readonly email: string;
  readonly codes: readonly string[];
  readonly origin: string;
  readonly at: Date;
}): string {
  return [
    `Recovery codes for ${email} at ${origin}`,
    `Made on ${at.toISOString().slice(0, 10)}. Each one signs in once, in place of a code of the authenticator app.`,
    '',
    ...codes,
    '',
  ].join('\n');
}
