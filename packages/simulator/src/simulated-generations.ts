/** What `createGenerations` of the runtime does with files, step by step, on a simulated disk. */
import type { LastGoodStore } from '@flaghoist/client';
import type { SimulatedDisk } from './simulated-disk.ts';

export function createSimulatedGenerations(disk: SimulatedDisk, name: string, process: string): LastGoodStore {
  const older = `${name}.1`;
  const mark = `${name}.trying.${process}`;
  const found: string[] = [];
  return {
    async load() {
      const marks: string[] = [];
      for (const left of await disk.list(`${name}.trying.`)) {
        const text = left === mark ? null : await disk.read(left);
        if (text === null) continue;
        marks.push(text);
        found.push(left);
      }
      const copies = [await disk.read(name), await disk.read(older)];
      const [quarantine, proven] = [await disk.read(`${name}.quarantine`), await disk.read(`${name}.proven`)];
      return { copies, marks, quarantine, proven };
    },
    save: (chunks, keepPrevious) => writeAtomically(disk, name, chunks.join(''), keepPrevious ? older : null),
    mark: (text) => disk.writeNow(mark, text),
    unmark: () => disk.removeNow(mark),
    async forgetMarks() {
      for (const left of found.splice(0)) disk.removeNow(left);
    },
    async saveQuarantine(text) {
      if (text === null) disk.removeNow(`${name}.quarantine`);
      else await writeAtomically(disk, `${name}.quarantine`, text, null);
    },
    saveProven: (text) => writeAtomically(disk, `${name}.proven`, text, null),
  };
}

/** Write, sync, rename, sync the folder. */
export async function writeAtomically(
  disk: SimulatedDisk,
  name: string,
  text: string,
  previous: string | null,
): Promise<void> {
  const temporary = disk.freshName(`${name}.tmp.`);
  try {
    await disk.write(temporary, text);
    await disk.sync(temporary);
    if (previous !== null) await disk.rename(name, previous);
    await disk.rename(temporary, name);
  } catch (error) {
    disk.removeNow(temporary);
    throw error;
  }
  await disk.syncFolder();
}
