/** Bugs of disks, publishers, edges, the database, and whoever counts. */
import type { PlantedBug } from './planted-bug.ts';
import { NO_SEAMS } from './seams.ts';

export const LAST_BUGS: readonly PlantedBug[] = [
  {
    name: 'renames a file before its bytes are synced',
    breaks: ['I2', 'I6'],
    seams: { ...NO_SEAMS, disksSync: false },
  },
  {
    name: 'publishes what is above the highest revision seen in any environment',
    breaks: ['L', 'I4'],
    seams: {
      ...NO_SEAMS,
      publisherReads(reads) {
        let highest = 0;
        return {
          ...reads,
          async writtenAfter(environment, revision, limit) {
            const found = await reads.writtenAfter(environment, Math.max(revision, highest - 1), limit);
            highest = Math.max(highest, ...found.map((one) => one.revision));
            return found;
          },
        };
      },
    },
  },
  {
    name: 'publishes past the gate when somebody is in a hurry',
    breaks: ['I8', 'I4', 'L'],
    seams: { ...NO_SEAMS, hasBackDoor: true },
  },
  {
    name: 'forgets an environment that its source does not list any more',
    breaks: ['I5'],
    seams: {
      ...NO_SEAMS,
      edgeLog(log, forget) {
        const known = new Set<string>();
        return {
          ...log,
          async heads() {
            const heads = await log.heads();
            for (const environment of known) if (!heads.has(environment)) forget(environment);
            for (const environment of heads.keys()) known.add(environment);
            return heads;
          },
        };
      },
    },
  },
  {
    name: 'acknowledges a change before it is synced',
    breaks: ['I1', 'I4', 'L'],
    seams: { ...NO_SEAMS, databaseSyncs: false },
  },
  {
    name: 'counts a batch again that came again',
    breaks: ['I6'],
    seams: { ...NO_SEAMS, isFolded: () => false },
  },
];
