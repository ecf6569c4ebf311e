/** Regular expressions of RE2's syntax, in JavaScript alone: the engine that is handed to the evaluator. */
import type { RegexEngine } from '@flaghoist/evaluator';
import { RE2JS, RE2JSSyntaxException } from 're2js';

/**
 * Most instructions of a pattern's program; those that match a class of many ranges count twice. In the worst case each is
 * looked at once for every character: 256 on 4,096 characters take 30 ms. Without a limit, 512 characters of pattern make
 * 80,000 instructions, and one evaluation takes half a minute.
 */
const MOST_INSTRUCTIONS = 256;
/** Up to four ranges are compared one by one; more are searched, which costs twice the time. A range is two numbers. */
const FEW_RANGES = 8;
/**
 * Most classes of a pattern that may hold thousands of characters: those by name, and ranges that end beyond ASCII. To
 * ignore case in such a range costs re2js up to 5 ms, so that 512 characters of them took 400 ms to compile.
 */
const MOST_WIDE_CLASSES = 8;
const WIDE_CLASS = /\\[pP]|-(?:\P{ASCII}|\\x)/gu;
/**
 * What re2js may remember of the texts that a pattern was run on, in its own estimate of bytes. Its default of 8 MiB lets
 * hostile texts grow every pattern to 7 MB, and costs four times the time to fill.
 */
const REMEMBERED_BYTES = 512 << 10;
/**
 * A process prepares what it has checked, in several places one after the other: to compile a pattern takes 50 us to
 * 100 us, to find it here less than one.
 */
const KEPT_PATTERNS = 64;

type Test = (text: string) => boolean;

/**
 * Runs what RE2 runs, found anywhere in a text, in time linear in the text. Classes such as `\w` and `\b` are ASCII,
 * `ignoreCase` folds single characters by Unicode's simple case folding, a character is a code point. Nothing of a text
 * is kept but states of the automaton.
 *
 * `compile` throws an Error, with a sentence for whoever wrote the pattern, for what is no RE2 syntax (back-references and
 * look-around among it) and for programs above a fixed size. It is the same in every process of one version.
 */
export function createRegexEngine(): RegexEngine {
  const kept = new Map<string, Test>();
  return {
    compile(pattern, ignoreCase) {
      const name = `${ignoreCase ? 'i' : 's'}${pattern}`;
      const test = kept.get(name) ?? compile(pattern, ignoreCase);
      kept.delete(name);
      kept.set(name, test);
      for (const oldest of kept.keys()) {
        if (kept.size <= KEPT_PATTERNS) break;
        kept.delete(oldest);
      }
      return test;
    },
  };
}

/** What a pattern costs that was compiled before. */
export interface PatternCost {
  /** Those that are slow to compile. */
  readonly wideClasses: number;
  /** Of its program, which each evaluation may have to run on every character; compiles the pattern. */
  size(): number;
}

/** For whoever limits what several patterns cost together. `size` throws for a pattern that an engine does not compile. */
export function costOfPattern(pattern: string, ignoreCase: boolean): PatternCost {
  return { wideClasses: wideClassesOf(pattern), size: () => sizeOf(parse(pattern, ignoreCase)) };
}

function wideClassesOf(pattern: string): number {
  return pattern.match(WIDE_CLASS)?.length ?? 0;
}

function compile(pattern: string, ignoreCase: boolean): Test {
  const wide = wideClassesOf(pattern);
  if (wide > MOST_WIDE_CLASSES)
    throw new Error(
      `The pattern has too many Unicode classes: ${wide} times \`\\p\`, \`\\P\` or a range that ends beyond ASCII, at most ${MOST_WIDE_CLASSES} are compiled. Join classes (\`[\\pL\\pN]+\`), or split the pattern.`,
    );
  const compiled = parse(pattern, ignoreCase);
  const size = sizeOf(compiled);
  if (size > MOST_INSTRUCTIONS)
    throw new Error(
      `The pattern is too large: it makes a program of size ${size}, at most ${MOST_INSTRUCTIONS} are run. Repeat less (\`{1,100}\` is a hundred copies), or split alternatives into several patterns.`,
    );
  let isBounded = false;
  return (text) => {
    // Only now, because most patterns never need the automaton, or are never run.
    if (!isBounded) boundMemory(compiled);
    isBounded = true;
    return compiled.test(text);
  };
}

function parse(pattern: string, ignoreCase: boolean): RE2JS {
  try {
    return RE2JS.compile(pattern, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
  } catch (error) {
    throw new Error(explain(error, pattern), { cause: error });
  }
}

function sizeOf(compiled: RE2JS): number {
  const instructions: readonly { readonly runes: ArrayLike<number> }[] = compiled.re2().prog.inst;
  return instructions.reduce((size, { runes }) => size + (runes.length > FEW_RANGES ? 2 : 1), 0);
}

/** re2js has no option for it. */
function boundMemory(compiled: RE2JS): void {
  const { dfa } = compiled.re2();
  dfa.stateBudget = REMEMBERED_BYTES;
  dfa.memBudget = REMEMBERED_BYTES;
}

function explain(error: unknown, pattern: string): string {
  if (!(error instanceof RE2JSSyntaxException)) return error instanceof Error ? error.message : String(error);
  const named = error.getPattern() ?? '';
  // How re2js is told to ignore case; its author did not write it.
  const part = named === `(?i)${pattern}` ? pattern : named;
  if (/^\(\?(<?[=!])/.test(part))
    return 'Look-around (`(?=`, `(?!`, `(?<=`, `(?<!`) is not part of RE2: write a second condition, negated where needed.';
  if (/^\\[1-9k]/.test(part))
    return `A back-reference (\`${shorten(part)}\`) is not part of RE2: write out what may be repeated.`;
  const where = part === '' ? '' : `: \`${shorten(part)}\``;
  return `The pattern is not RE2 syntax: ${error.getDescription()}${where}.`;
}

function shorten(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 40)}...`;
}
