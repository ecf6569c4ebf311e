/** A start does not judge the schemas of the API: here they are judged once. */
import { AjvCompiler } from '@fastify/ajv-compiler';
import * as management from '@flaghoist/protocol/management';
import { expect, it } from 'vitest';

const SHARED = Object.values(management).filter(
  (schema): schema is typeof schema & { readonly $id: string } =>
    typeof schema === 'object' && schema !== null && '$id' in schema,
);

function judge(schemas: readonly { readonly $id: string }[]): void {
  AjvCompiler()(Object.fromEntries(schemas.map((schema) => [schema.$id, schema])), {
    customOptions: { allowUnionTypes: true, validateSchema: true },
  });
}

it('every schema that requests and answers share is valid JSON Schema', () => {
  expect(SHARED.length).toBeGreaterThan(50);
  expect(() => judge(SHARED)).not.toThrow();
});

it('a schema that is none would be refused', () => {
  expect(() => judge([...SHARED, { $id: 'Broken', type: 'no such type' } as { readonly $id: string }])).toThrow(
    'schema is invalid',
  );
});
