/** Bugs that a line like this had, or could have had, planted by putting another part in the place of a real one. */
import type { PlantedBug } from './planted-bug.ts';
import { LAST_BUGS } from './planted-elsewhere.ts';
import { CHECK_BUGS } from './planted-in-checks.ts';
import { CLIENT_BUGS } from './planted-in-clients.ts';

export const PLANTED_BUGS: readonly PlantedBug[] = [...CHECK_BUGS, ...CLIENT_BUGS, ...LAST_BUGS];
