/** Evaluations as the JSON of OFREP, each written once. */
import type { Evaluation, EvaluationErrorCode } from '@flaghoist/evaluator';
import type { Sha256 } from '@flaghoist/protocol/ruleset';
import type { Countable } from '../../intake/evaluation-counters.ts';
import { type Print, printOf } from './print.ts';

/** A `client` key's holder learns answers, never what decided them. */
export type Audience = 'client' | 'server';

export interface Item extends Countable {
  readonly key: string;
  readonly evaluation: Evaluation;
  readonly json: string;
  /** Bytes in UTF-8. */
  readonly bytes: number;
  /** Null: it is a success. */
  readonly errorCode: EvaluationErrorCode | null;
  /** Of the JSON. */
  readonly print: Print;
}

/**
 * The evaluator answers with frozen objects that are built once for each outcome of a flag and shared, so their JSON is
 * kept with them and dies with them. Members always stand in the same order: web providers compare the text.
 */
export class Items {
  readonly #sha256: Sha256;
  readonly #written: { readonly [audience in Audience]: WeakMap<Evaluation, Item> } = {
    client: new WeakMap(),
    server: new WeakMap(),
  };

  constructor(sha256: Sha256) {
    this.#sha256 = sha256;
  }

  of(key: string, evaluation: Evaluation, audience: Audience): Item {
    const known = this.#written[audience].get(evaluation);
    // Some errors are shared by all flags, whose keys they do not hold.
    if (known !== undefined && known.key === key) return known;
    const item = write(key, evaluation, audience, this.#sha256);
    this.#written[audience].set(evaluation, item);
    return item;
  }
}

/** What an answer says of an error when it must not say which attribute of which rule was missing. */
const CLIENT_DETAILS: { readonly [code in EvaluationErrorCode]: string } = {
  FLAG_NOT_FOUND: 'There is no flag with this key.',
  TARGETING_KEY_MISSING:
    'This flag is split by a part of the evaluation context that is missing, most often the targetingKey.',
  INVALID_CONTEXT: 'The evaluation context cannot be used.',
  PARSE_ERROR: 'The flag cannot be read.',
  GENERAL: 'The flag cannot be evaluated.',
};

function write(key: string, evaluation: Evaluation, audience: Audience, sha256: Sha256): Item {
  const json = JSON.stringify(
    evaluation.reason === 'ERROR' ? failure(key, evaluation, audience) : success(key, evaluation, audience),
  );
  const errorCode = evaluation.reason === 'ERROR' ? (evaluation.errorCode ?? 'GENERAL') : null;
  const evaluations = [{ flag: key, evaluation }];
  const bytes = Buffer.byteLength(json);
  return { key, evaluation, json, bytes, errorCode, print: printOf(json, sha256), evaluations, count: 0 };
}

function success(key: string, { value, reason, variant, rule }: Evaluation, audience: Audience): object {
  const metadata = audience === 'server' && rule !== undefined ? { rule } : undefined;
  // Providers take a null for a value of the wrong type; without the member they use the caller's default.
  return value === undefined || value === null ? { key, reason, metadata } : { key, value, reason, variant, metadata };
}

function failure(key: string, { errorCode = 'GENERAL', errorMessage }: Evaluation, audience: Audience): object {
  const errorDetails = audience === 'client' ? CLIENT_DETAILS[errorCode] : errorMessage;
  return { key, errorCode, errorDetails };
}
