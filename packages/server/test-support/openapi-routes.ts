/** The routes that an OpenAPI document describes, in the terms of the route table. */

interface Operation {
  readonly requestBody?: { readonly content: Record<string, { readonly schema: { readonly $ref: string } }> };
  readonly parameters?: readonly { readonly in: string; readonly name: string; readonly required?: boolean }[];
}

export interface OpenApiDocument {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, { readonly required?: readonly string[] }> };
}

export interface DescribedRoute {
  /** e.g. `GET /api/v1/projects`. */
  readonly route: string;
  readonly hasBody: boolean;
  readonly required: readonly string[];
  /** Whether it asks for If-Match. */
  readonly edits: boolean;
  readonly query: readonly string[];
}

export function describeRoutes({ paths, components }: OpenApiDocument): readonly DescribedRoute[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { parameters = [], requestBody }]) => {
      const schema = requestBody?.content['application/json']?.schema.$ref.split('/').at(-1) ?? '';
      return {
        route: `${method.toUpperCase()} ${path}`,
        hasBody: requestBody !== undefined,
        required: [...(components.schemas[schema]?.required ?? [])].sort(),
        edits: parameters.some(({ name, required }) => name === 'If-Match' && required === true),
        query: parameters
          .filter((parameter) => parameter.in === 'query')
          .map(({ name }) => name)
          .sort(),
      };
    }),
  );
}
