/** What `flaghoist restore` does on the server's own machine. Loaded when it is asked for: a start has no need of it. */
import type { RaiseEpochOptions } from './raise-epoch.ts';
import type { Restored, RestoreOptions } from './restore-backup.ts';

export type { Restored } from './restore-backup.ts';

/** The backups of a data folder, newest first. */
export async function readBackups(data: string): Promise<readonly { readonly name: string; readonly at: string }[]> {
  const { listBackups } = await import('./platform/backups.ts');
  return (await listBackups(data)).map(({ name, at }) => ({ name, at }));
}

/** Puts the database of a data folder back to a backup; no server may run over it. See restore-backup.ts. */
export async function restoreBackup(options: RestoreOptions): Promise<Restored> {
  const module = await import('./restore-backup.ts');
  return module.restoreBackup(options);
}

/** Raises the epoch of every environment, and answers it; no server may run over the database. See raise-epoch.ts. */
export async function raiseEpoch(options: RaiseEpochOptions): Promise<number> {
  const module = await import('./raise-epoch.ts');
  return module.raiseEpoch(options);
}
