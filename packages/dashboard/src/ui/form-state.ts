/** A form as data: what stands in its fields, what is wrong with them, and what became of sending it. */
import type { Failure } from './error-note.tsx';

/** What is wrong, by field; a field that is not there is right. */
export type FieldErrors<Values> = { readonly [field in keyof Values]?: string };

export interface FormState<Values> {
  readonly values: Values;
  readonly errors: FieldErrors<Values>;
  /** What is wrong with the whole of it. */
  readonly failure: Failure | null;
  readonly isSending: boolean;
  /** Counts the times it was sent back: the focus goes to the first error each time. */
  readonly refusals: number;
}

export type FormAction<Values> =
  | { readonly do: 'change'; readonly values: Partial<Values> }
  | { readonly do: 'send' }
  | { readonly do: 'refuse'; readonly errors: FieldErrors<Values>; readonly failure: Failure | null }
  | { readonly do: 'finish' }
  | { readonly do: 'reset'; readonly values: Values };

export function newForm<Values>(values: Values): FormState<Values> {
  return { values, errors: {}, failure: null, isSending: false, refusals: 0 };
}

/** A field's error goes when the field is changed: what is said is about what stands there. */
export function stepForm<Values>(state: FormState<Values>, action: FormAction<Values>): FormState<Values> {
  switch (action.do) {
    case 'change': {
      const changed = new Set(Object.keys(action.values));
      const errors = Object.fromEntries(Object.entries(state.errors).filter(([field]) => !changed.has(field)));
      return { ...state, values: { ...state.values, ...action.values }, errors: errors as FieldErrors<Values> };
    }
    case 'send':
      return { ...state, errors: {}, failure: null, isSending: true };
    case 'refuse':
      return {
        ...state,
        errors: action.errors,
        failure: action.failure,
        isSending: false,
        refusals: state.refusals + 1,
      };
    case 'finish':
      return { ...state, isSending: false };
    case 'reset':
      return newForm(action.values);
  }
}

/** The errors of the fields that have one: null is right. */
export function fieldErrors<Field extends string>(
  problems: { readonly [field in Field]: string | null },
): { readonly [field in Field]?: string } {
  const wrong = Object.entries<string | null>(problems).filter(([, problem]) => problem !== null);
  return Object.fromEntries(wrong) as { readonly [field in Field]?: string };
}

/** Whether anything is said to be wrong. */
export function hasErrors<Values>(errors: FieldErrors<Values>): boolean {
  return Object.values(errors).some((error) => error !== undefined && error !== '');
}
