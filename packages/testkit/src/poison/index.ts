export { shortestPause } from '../pause.ts';
export { type Mutant, mutantRun, mutants } from './mutants.ts';
export { healthy, type Poison, POISON, poisonedBlock, QUESTIONS } from './poison.ts';
