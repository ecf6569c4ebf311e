/** What the resources of the management API are made of. */
import { KEY_PATTERN } from '@flaghoist/evaluator';
import { type Static, type TSchema, Type } from 'typebox';

export const closed = { additionalProperties: false } as const;

export const Key = Type.String({
  pattern: KEY_PATTERN,
  description:
    'Starts with a letter or digit; then letters, digits, dot, underscore, hyphen; at most 128. Never reused.',
});
export const Name = Type.String({ minLength: 1, maxLength: 256 });
export const Description = Type.String({ maxLength: 4_096 });
export const Tags = Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { maxItems: 50, uniqueItems: true });
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
