/** What the resources of the management API are made of. */
import { KEY_PATTERN } from '@flaghoist/evaluator';
import { type Static, type TSchema, Type } from 'typebox';

export const closed = { additionalProperties: false } as const;

export const Key = Type.String({
  pattern: KEY_PATTERN,
  description:
    'Starts with a letter or digit; then letters, digits, dot, underscore, hyphen; at most 128. Never reused.',
});

/** Overrides and isolates of the direction of text: what stands between them reads as something else than it is. */
const TURNS = '\\u202A-\\u202E\\u2066-\\u2069';
/** Patterns of text that people read in lists and logs, with what to say of a text that does not match. */
export const TEXT_PATTERNS = {
  line: {
    pattern: `^[^\\u0000-\\u001F\\u007F-\\u009F${TURNS}]*$`,
    message:
      'It holds a control character (a line end and a tab are ones) or a character that turns the direction of text. Leave it out.',
  },
  /** The same with tabs and line ends. */
  lines: {
    pattern: `^[^\\u0000-\\u0008\\u000B\\u000C\\u000E-\\u001F\\u007F-\\u009F${TURNS}]*$`,
    message:
      'It holds a control character other than a line end or a tab, or a character that turns the direction of text. Leave it out.',
  },
} as const;
const { line, lines } = TEXT_PATTERNS;

/** A text of one line, in any language. */
export function Line(options: { readonly minLength?: number; readonly maxLength: number }) {
  return Type.String({ pattern: line.pattern, ...options });
}
export const Name = Line({ minLength: 1, maxLength: 256 });
export const Owner = Line({ maxLength: 256 });
export const Description = Type.String({ maxLength: 4_096, pattern: lines.pattern });
export const Tags = Type.Array(Line({ minLength: 1, maxLength: 64 }), { maxItems: 50, uniqueItems: true });
export const Timestamp = Type.String({ description: 'RFC 3339, UTC.' });
export const Count = Type.Integer({ minimum: 0 });

/** A reference to a schema that has an `$id`, so that documents name it once. */
export function ref<T extends TSchema>(schema: T) {
  const { $id } = schema as { $id?: string };
  if ($id === undefined) throw new Error('only schemas with an $id can be referred to');
  return Type.Unsafe<Static<T>>({ $ref: `${$id}#` });
}

export const ProblemSchema = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.String({ description: 'Stable; see the error list.' }),
    detail: Type.String(),
    errors: Type.Optional(
      Type.Array(
        Type.Object(
          {
            path: Type.String({ description: 'JSON path in the request body.' }),
            code: Type.String(),
            message: Type.String(),
          },
          closed,
        ),
      ),
    ),
  },
  { $id: 'Problem', description: 'RFC 9457, application/problem+json.', ...closed },
);

/** A page of a list; `next` is the cursor of the page after it, null on the last one. */
export function pageOf<T extends TSchema>(name: string, item: T) {
  return Type.Object(
    { items: Type.Array(item), next: Type.Union([Type.String(), Type.Null()]) },
    { $id: `${name}Page`, ...closed },
  );
}

export type ProblemDocument = Static<typeof ProblemSchema>;
