/** What `flaghoist setup --recover` does on the server's own machine, whether the server runs or not. */

/**
 * Lets whoever has the answered secret become an admin, once, within an hour. Rejects when the data folder cannot be
 * written.
 */
export async function writeRecovery(
  data: string,
  now: Date,
): Promise<{ readonly secret: string; readonly expiresAt: string }> {
  const identity = await import('./modules/identity/index.ts');
  return identity.writeRecovery(data, now);
}
