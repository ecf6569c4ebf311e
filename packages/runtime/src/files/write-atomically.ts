import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createPoint } from '../points/index.ts';
import { hasCode } from './error-code.ts';

const BATCH_BYTES = 256 * 1024;
const written = createPoint('file.written');
const moved = createPoint('file.moved');
const renamed = createPoint('file.renamed');

/**
 * Replaces a file's content as a whole: a reader, a crash or a power cut sees the old content or the new one, never a
 * mixture. Once it resolves the new content is on disk. Writers of one path do not disturb each other; the last one
 * wins. The file is readable by its owner only. Rejects, and leaves the old content, when the folder is missing, the
 * disk is full or the folder cannot be written to.
 *
 * `previous`: a path in the same folder that the old content, if there is any, moves to. Then a crash may leave nothing
 * at `path`, but the old content at `previous`.
 */
export async function writeAtomically(
  path: string,
  chunks: readonly (string | Uint8Array)[],
  previous: string | null = null,
): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await writeAll(file, chunks);
      await file.datasync();
    } finally {
      await file.close();
    }
    written();
    if (previous !== null) await renameIfExists(path, previous);
    if (previous !== null) moved();
    await rename(temporary, path);
    renamed();
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

async function renameIfExists(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
}

/** Small chunks are written together: a system call for each of 10,000 lines would take longer than the disk. */
async function writeAll(file: FileHandle, chunks: readonly (string | Uint8Array)[]): Promise<void> {
  let batch: Uint8Array[] = [];
  let size = 0;
  for (const chunk of chunks) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, 'utf8') : chunk;
    batch.push(bytes);
    size += bytes.byteLength;
    if (size < BATCH_BYTES) continue;
    await file.writeFile(Buffer.concat(batch));
    batch = [];
    size = 0;
  }
  if (size > 0) await file.writeFile(Buffer.concat(batch));
}

/** A rename is durable only once the folder is synced. */
async function syncFolder(path: string): Promise<void> {
  // Windows cannot open a folder; its file systems write renames to their journal.
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
