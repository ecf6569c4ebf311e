import type { Seams } from './seams.ts';
export interface PlantedBug {
  readonly name: string;
  readonly seams: Seams;
}
export const PLANTED_BUGS: readonly PlantedBug[] = [];
