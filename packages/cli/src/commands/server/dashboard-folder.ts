import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of the built dashboard; null when it was not built. */
export function dashboardFolder(): string | null {
  const manifest = fileURLToPath(import.meta.resolve('@flaghoist/dashboard/package.json'));
  const folder = join(dirname(manifest), 'dist');
  return existsSync(join(folder, 'index.html')) ? folder : null;
}
