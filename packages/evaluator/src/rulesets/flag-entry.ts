import { fixedAnswer, type FlagDescription, type PreparedFlag, prepareFlag } from './flag.ts';
import { unbroken } from '../failure.ts';
import { createIntern } from './intern.ts';
import { NO_NAMES } from './links.ts';
import type { Evaluation, FlagConfiguration, FlagType, RegexEngine } from '../model.ts';

/**
 * A flag as a ruleset holds it: what is known on arrival, and the prepared form from its first evaluation on.
 *
 * A process that holds 10,000 flags evaluates few of them, so the others cost no more than their text, which whoever
 * delivered it usually keeps anyway.
 */
export interface FlagEntry {
  readonly description: FlagDescription;
  /** Keys of its prerequisites. */
  readonly names: readonly string[];
  /** The only answer of a flag that does not look at its context; else null. */
  readonly fixed: Evaluation | null;
  /** Empty once it is prepared, and when the answer is fixed. */
  json: string;
  prepared: PreparedFlag | null;
}

/** `flag` is what `json` says, and passed its check. */
export function createFlagEntry(flag: FlagConfiguration, json: string): FlagEntry {
  const names = flag.prerequisites?.map((prerequisite) => prerequisite.flag) ?? NO_NAMES;
  const fixed = fixedAnswer(flag);
  return { description: describe(flag), names, fixed, json: fixed === null ? json : '', prepared: null };
}

/** For a flag whose answer is not fixed. */
export function preparedFlag(entry: FlagEntry, regex: RegexEngine | null): PreparedFlag {
  return entry.prepared ?? prepareEntry(entry, regex);
}

function prepareEntry(entry: FlagEntry, regex: RegexEngine | null): PreparedFlag {
  const prepared = unbroken(() => prepareFlag(JSON.parse(entry.json) as FlagConfiguration, regex));
  entry.prepared = prepared;
  entry.json = '';
  return prepared;
}

function describe({ type, clientVisible = false }: FlagConfiguration): FlagDescription {
  return (clientVisible ? visible : hidden)(type);
}

const visible = /* @__PURE__ */ createIntern((type) => describeAs(type as FlagType, true));
const hidden = /* @__PURE__ */ createIntern((type) => describeAs(type as FlagType, false));

function describeAs(type: FlagType, clientVisible: boolean): FlagDescription {
  return Object.freeze({ type, clientVisible });
}
