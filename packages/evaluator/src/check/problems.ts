import { LIMITS } from '../limits.ts';
import type { Checked, Problem } from '../model.ts';

/** What a check can find. Stable: programs may decide by it. */
export type ProblemCode =
  | 'not_json'
  | 'unknown_kind'
  | 'key_mismatch'
  | 'not_an_object'
  | 'not_a_list'
  | 'not_a_text'
  | 'not_a_boolean'
  | 'missing_member'
  | 'unknown_member'
  | 'forbidden_member'
  | 'bad_key'
  | 'empty_text'
  | 'ill_formed_text'
  | 'too_long'
  | 'too_many'
  | 'too_few'
  | 'too_deep'
  | 'unknown_type'
  | 'wrong_value_type'
  | 'not_finite'
  | 'unknown_variant'
  | 'duplicate_variant'
  | 'duplicate_targeting_key'
  | 'duplicate_rule'
  | 'own_prerequisite'
  | 'duplicate_prerequisite'
  | 'bad_serve'
  | 'bad_weight'
  | 'bad_weight_sum'
  | 'unknown_algorithm'
  | 'unknown_missing'
  | 'bad_seed'
  | 'bad_precision'
  | 'bad_range'
  | 'bad_condition'
  | 'unknown_group'
  | 'unknown_operator'
  | 'unknown_dialect'
  | 'wrong_operand'
  | 'bad_pattern'
  | 'bad_version'
  | 'bad_date_time'
  | 'bad_ip_range'
  | 'bad_attribute'
  | 'bad_bits'
  | 'bad_chunk_key'
  | 'bad_hashes'
  | 'missing_chunk'
  | 'changed_chunk';

/** A place in a document. Linked, because a document without problems should not pay for the text of its paths. */
export interface Path {
  readonly parent: Path | null;
  readonly step: string | number;
}

export const ROOT: Path = { parent: null, step: '$' };

export function at(parent: Path, step: string | number): Path {
  return { parent, step };
}

/** Text of a document, cut and quoted so that it can stand in a message. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}...` : text);
}

/** For example `$.rules[0].serve`; a member that is no plain name is written `["its name"]`. */
export function formatPath(path: Path): string {
  let text = '';
  for (let place = path; place.parent !== null; place = place.parent) {
    const { step } = place;
    if (typeof step === 'number') text = `[${step}]${text}`;
    else text = (/^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(step) ? `.${step}` : `[${quote(step)}]`) + text;
  }
  return `$${text}`;
}

/** Collects what is wrong with one document, up to `LIMITS.problems`. */
export class Problems {
  readonly #found: Problem[] = [];

  /** Nothing more is recorded, so that looking further is wasted work. */
  get full(): boolean {
    return this.#found.length >= LIMITS.problems;
  }

  /** Always false, so that a check can `return problems.add(...)`. */
  add(path: Path, code: ProblemCode, message: string): false {
    if (!this.full) this.#found.push({ path: formatPath(path), code, message });
    return false;
  }

  /** `value` when nothing was found. */
  conclude<T>(value: T): Checked<T> {
    return this.#found.length === 0 ? { ok: true, value } : { ok: false, problems: this.#found };
  }
}
