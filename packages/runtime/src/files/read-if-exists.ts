import { readFile } from 'node:fs/promises';
import { hasCode } from './error-code.ts';

/** The file's UTF-8 text; null when there is no such file or no such folder. Every other failure rejects. */
export async function readIfExists(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}
