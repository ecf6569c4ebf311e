/**
 * The file `recovery` in the data folder: lets whoever may write there get back in, once, within an hour. It holds a hash;
 * the link with the secret is shown to whoever asked for it (`flaghoist setup --recover`).
 */
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { mintSecret } from '@flaghoist/protocol/keys';
import { equalsConstantTime, randomBytes, sha256 } from '@flaghoist/runtime/crypto';
import { readIfExists, writeAtomically } from '@flaghoist/runtime/files';

const NAME = 'recovery';
const LASTS_MS = 3_600_000;

interface Recovery {
  readonly sha256: string;
  readonly expiresAt: string;
}

/** Writes the file, for its owner only, and answers the secret. An earlier one is good no more. */
export async function writeRecovery(
  data: string,
  now: Date,
): Promise<{ readonly secret: string; readonly expiresAt: string }> {
  const minted = mintSecret('setup', randomBytes(40), sha256);
  const recovery: Recovery = {
    sha256: minted.sha256,
    expiresAt: new Date(now.getTime() + LASTS_MS).toISOString(),
  };
  await writeAtomically(join(data, NAME), [`${JSON.stringify(recovery)}\n`]);
  return { secret: minted.text, expiresAt: recovery.expiresAt };
}

/** Whether this is the secret of a recovery that is under way. */
export async function isRecovery(data: string, secret: string, now: Date): Promise<boolean> {
  const text = await readIfExists(join(data, NAME));
  const recovery = text === null ? null : parse(text);
  if (recovery === null || !(Date.parse(recovery.expiresAt) > now.getTime())) return false;
  return equalsConstantTime(recovery.sha256, sha256(secret));
}

export interface ClaimedRecovery {
  /** It was used: nothing of it stays. */
  finish(): Promise<void>;
  /** It was not used after all. */
  giveBack(): Promise<void>;
}

/** Takes the file away, so that of two requests at once only one has it; null for the other. */
export async function claimRecovery(data: string): Promise<ClaimedRecovery | null> {
  const claimed = join(data, `${NAME}.${randomBytes(8).toString('hex')}`);
  try {
    await rename(join(data, NAME), claimed);
  } catch {
    return null;
  }
  return {
    finish: () => rm(claimed, { force: true }),
    giveBack: () => rename(claimed, join(data, NAME)),
  };
}

function parse(text: string): Recovery | null {
  try {
    const { sha256: hash, expiresAt } = JSON.parse(text) as Partial<Recovery>;
    return typeof hash === 'string' && typeof expiresAt === 'string' ? { sha256: hash, expiresAt } : null;
  } catch {
    return null;
  }
}
