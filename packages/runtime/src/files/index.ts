/** Files that survive a crash, and folders that belong to one process. */
export { hasCode } from './error-code.ts';
export { createGenerations, type Generations, type GenerationsOptions } from './generations.ts';
export { type FolderLock, FolderLockedError, lockFolder } from './lock-folder.ts';
export { readIfExists } from './read-if-exists.ts';
export { type Reread, type RereadOptions, rereadFiles } from './reread.ts';
export { writeAtomically } from './write-atomically.ts';
