/** The flags of one ruleset that a bulk answer holds, with what is known of the answer before anybody asks. */
import {
  describeFlag,
  type Evaluation,
  type EvaluationContext,
  evaluate,
  fixedEvaluation,
  flagKeys,
  type Moment,
  type Ruleset,
} from '@flaghoist/evaluator';
import type { Countable, Tally } from '../../intake/evaluation-counters.ts';
import type { Audience, Item, Items } from './items.ts';
import { NO_PRINT, type Print, PrintSum } from './print.ts';

export interface BulkAnswer {
  readonly body: string;
  /** Of the body, in UTF-8. */
  readonly bytes: number;
  /** Of the answer and of nothing else: providers send the tag of one context along with another context. */
  readonly tag: string;
  /** Whether the same context will get the same answer at any time, as long as the ruleset is this one. */
  readonly lasting: boolean;
}

/** A flag that looks at its context, with the answers it has given. */
interface Open {
  readonly key: string;
  /** Everything between the flag of this sort before it and its own item. */
  readonly before: string;
  readonly given: Given[];
}

interface Given {
  readonly evaluation: Evaluation;
  readonly item: Item;
  /** With what is before it. */
  readonly text: string;
  readonly bytes: number;
}

/** All flags that answer everybody alike. */
interface Fixed extends Countable {
  readonly print: Print;
  /** Of those after the last flag that looks at its context; ends the answer. */
  readonly text: string;
  readonly bytes: number;
}

const START = '{"flags":[';
const END = ']}';

/** Texts are joined here as far as they can be: an answer is as many pieces as there are flags that look at a context. */
export class BulkList {
  readonly #ruleset: Ruleset;
  readonly #items: Items;
  readonly #audience: Audience;
  readonly #open: readonly Open[];
  readonly #fixed: Fixed;

  constructor(ruleset: Ruleset, items: Items, audience: Audience) {
    this.#ruleset = ruleset;
    this.#items = items;
    this.#audience = audience;
    const fixed: Item[] = [];
    const open: Open[] = [];
    let text = START;
    for (const key of flagKeys(ruleset)) {
      if (audience === 'client' && describeFlag(ruleset, key)?.clientVisible !== true) continue;
      if (fixed.length + open.length > 0) text += ',';
      const evaluation = fixedEvaluation(ruleset, key);
      if (evaluation === null) {
        open.push({ key, before: text, given: [] });
        text = '';
      } else {
        const item = items.of(key, evaluation, audience);
        fixed.push(item);
        text += item.json;
      }
    }
    this.#open = open;
    this.#fixed = summarise(fixed, text + END);
  }

  /** Evaluates every flag, in the order of their keys, and counts each of them; `counted` is told of what was counted. */
  answer(
    context: EvaluationContext,
    moment: () => Moment,
    tally: Tally,
    counted: Countable[] | null = null,
  ): BulkAnswer {
    const fixed = this.#fixed;
    const watched = new WatchedMoment(moment);
    const print = new PrintSum(fixed.print);
    let body = '';
    let { bytes } = fixed;
    tally.add(fixed);
    counted?.push(fixed);
    for (const flag of this.#open) {
      const {
        item,
        text,
        bytes: more,
      } = this.#given(flag, evaluate(this.#ruleset, flag.key, context, watched.begin()));
      tally.add(item);
      counted?.push(item);
      print.add(item.print);
      body += text;
      bytes += more;
    }
    return { body: body + fixed.text, bytes, tag: `"${print.toString()}"`, lasting: !watched.wasRead };
  }

  /** Few flags have more than a handful of answers, which are found sooner in a list than in a map. */
  #given({ key, before, given }: Open, evaluation: Evaluation): Given {
    for (const one of given) if (one.evaluation === evaluation) return one;
    const item = this.#items.of(key, evaluation, this.#audience);
    const content = Buffer.from(before + item.json);
    // Through a buffer it is one piece again, and not two that are joined with every answer.
    const one = { evaluation, item, text: content.toString(), bytes: content.length };
    given.push(one);
    return one;
  }
}

/** Knows whether any rule asked for the time or for a random text. */
class WatchedMoment implements Moment {
  readonly #begin: () => Moment;
  #moment: Moment | null = null;
  wasRead = false;

  constructor(begin: () => Moment) {
    this.#begin = begin;
  }

  begin(): this {
    this.#moment = null;
    return this;
  }

  get now(): number {
    return this.#read().now;
  }

  get random(): string {
    return this.#read().random;
  }

  #read(): Moment {
    this.wasRead = true;
    this.#moment ??= this.#begin();
    return this.#moment;
  }
}

function summarise(items: readonly Item[], text: string): Fixed {
  const print = new PrintSum(NO_PRINT);
  for (const item of items) print.add(item.print);
  const evaluations = items.flatMap((item) => item.evaluations);
  return { print: print.print, text, bytes: Buffer.byteLength(text), evaluations, count: 0 };
}
