export { shortestPause } from '../pause.ts';
export { type Mutant, mutantRun, mutants } from './mutants.ts';
export { healthy, POISON, poisonedBlock, QUESTIONS } from './poison.ts';
export type { Poison } from './poison-kind.ts';
