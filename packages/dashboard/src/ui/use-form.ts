import { type FormEvent, type RefObject, useEffect, useReducer, useRef } from 'react';
import type { Failure } from './error-note.tsx';
import { type FieldErrors, type FormAction, type FormState, hasErrors, newForm, stepForm } from './form-state.ts';

export interface FormOptions<Values> {
  readonly initial: Values;
  /** Judges before anything is sent. */
  readonly check?: ((values: Values) => FieldErrors<Values>) | undefined;
  /** Sends it; throws when that fails. */
  readonly send: (values: Values) => Promise<void>;
  /** Puts what `send` threw into words, by field where it is about one. */
  readonly explain: (
    error: unknown,
    values: Values,
  ) => { readonly errors: FieldErrors<Values>; readonly failure: Failure | null };
}

export interface Form<Values> extends FormState<Values> {
  /** For controls: `onChange={form.set('name')}`. */
  readonly set: <Field extends keyof Values>(field: Field) => (value: Values[Field]) => void;
  readonly change: (values: Partial<Values>) => void;
  readonly reset: (values: Values) => void;
  /** Spread on the `<form>`. */
  readonly props: {
    readonly ref: RefObject<HTMLFormElement | null>;
    readonly noValidate: true;
    readonly onSubmit: (event: FormEvent) => void;
  };
}

/** Runs a form: judges it, sends it, and moves the focus to the first thing that is wrong. */
export function useForm<Values extends object>({ initial, check, send, explain }: FormOptions<Values>): Form<Values> {
  const [state, step] = useReducer<FormState<Values>, Values, [FormAction<Values>]>(stepForm, initial, newForm);
  const ref = useRef<HTMLFormElement>(null);

  useEffect(() => {
    if (state.refusals > 0) ref.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [state.refusals]);

  async function submit() {
    const { values } = state;
    const errors = check?.(values) ?? {};
    if (hasErrors(errors)) return step({ do: 'refuse', errors, failure: null });
    step({ do: 'send' });
    try {
      await send(values);
      step({ do: 'finish' });
    } catch (error) {
      step({ do: 'refuse', ...explain(error, values) });
    }
  }

  return {
    ...state,
    set: (field) => (value) => step({ do: 'change', values: { [field]: value } as unknown as Partial<Values> }),
    change: (values) => step({ do: 'change', values }),
    reset: (values) => step({ do: 'reset', values }),
    props: {
      ref,
      noValidate: true,
      onSubmit: (event) => {
        event.preventDefault();
        // A form in a dialog is a child of the form behind it, as React sees it.
        event.stopPropagation();
        if (!state.isSending) void submit();
      },
    },
  };
}
