/** Which environments a row of the list shows: everybody's own choice, kept in this browser. */
import { isProductionLike } from '../../api/environment-look.ts';

/** As many as stay readable in a row. */
export const USUALLY_SHOWN = 5;

export interface Remembered {
  readonly shown: readonly string[] | null;
  /** Whose switch stands in each row. */
  readonly switched: string | null;
}

export const NOTHING_REMEMBERED: Remembered = { shown: null, switched: null };

const MOST_PRODUCTION = 3;

/** In the order of the project; those that matter most unless somebody chose. Environments that are gone are left out. */
export function shownEnvironments(all: readonly string[], shown: readonly string[] | null): readonly string[] {
  const chosen = shown === null ? [] : all.filter((key) => shown.includes(key));
  return chosen.length > 0 ? chosen : usual(all);
}

/** What people use, and the first of the others. */
function usual(all: readonly string[]): readonly string[] {
  const production = all.filter(isProductionLike).slice(0, MOST_PRODUCTION);
  const others = all.filter((key) => !production.includes(key)).slice(0, USUALLY_SHOWN - production.length);
  return all.filter((key) => production.includes(key) || others.includes(key));
}

/** The environment of the switch: the address names it, else what was used last, else a first one. */
export function switchedEnvironment(
  all: readonly string[],
  { asked, remembered }: { readonly asked: string | undefined; readonly remembered: string | null },
): string | null {
  return [asked, remembered].find((key) => key != null && all.includes(key)) ?? all[0] ?? null;
}

export function readRemembered(text: string | null): Remembered {
  try {
    const { shown, switched } = JSON.parse(text ?? '{}') as { readonly [member: string]: unknown };
    return {
      shown: Array.isArray(shown) ? shown.filter((one) => typeof one === 'string') : null,
      switched: typeof switched === 'string' ? switched : null,
    };
  } catch {
    return NOTHING_REMEMBERED;
  }
}
