/** The OpenAPI document, generated from the routes. */
import { problems, type Api } from '../platform/api.ts';
import { REFUSALS } from '../platform/refusal.ts';

export function openApiRoute(app: Api): void {
  app.get(
    '/openapi.json',
    { config: { needs: 'public' }, schema: { summary: 'This document', security: [], response: problems } },
    async (_request, reply) =>
      reply.type('application/json; charset=utf-8').send(JSON.stringify(openApiDocument(app)) as never),
  );
}

/** The document as it is served and committed: with the headers and error codes that every route has in common. */
export function openApiDocument(app: Api): object {
  const document = app.swagger() as unknown as {
    info: { description: string };
    paths: Record<string, Record<string, Operation>>;
  };
  for (const [path, operations] of Object.entries(document.paths))
    for (const [method, operation] of Object.entries(operations)) describe(method, path, operation);
  const codes = Object.entries(REFUSALS).map(([code, { status, title }]) => `- \`${code}\` (${status}): ${title}`);
  return {
    ...document,
    info: { ...document.info, description: `${document.info.description}\n\nError codes:\n${codes.join('\n')}` },
  };
}

interface Operation {
  parameters?: { in: string; name: string; required?: boolean; description: string; schema: object }[];
  responses: Record<string, { content?: Record<string, unknown> }>;
}

function describe(method: string, path: string, operation: Operation): void {
  for (const status of ['4XX', '5XX']) {
    const content = operation.responses[status]?.content;
    if (content?.['application/json'] === undefined) continue;
    content['application/problem+json'] = content['application/json'];
    delete content['application/json'];
  }
  if (method === 'get' || /\/(?:evaluate|invitations\/read|presence)$/.test(path)) return;
  const text = { type: 'string' };
  // One’s own account and a key’s limit have no version: the last word counts.
  const isEdit = (method === 'patch' && !/\/(?:me|keys\/\{key\})$/.test(path)) || path.endsWith('/archive');
  operation.parameters = [
    ...(operation.parameters ?? []),
    {
      in: 'header',
      name: 'Idempotency-Key',
      description: 'Random, 16 to 255 characters: a retry with it answers the first result.',
      schema: text,
    },
    {
      in: 'header',
      name: 'Flaghoist-Reason',
      description: 'Why, for the history; percent-encoded UTF-8.',
      schema: text,
    },
    {
      in: 'header',
      name: 'Flaghoist-Confirm',
      description:
        'What is meant although a guard refuses it with `confirmation_needed`: `shrink` (more than a fifth of ten flags or more are removed), `growth` (what SDKs get doubles, to more than a megabyte).',
      schema: text,
    },
    ...(isEdit
      ? [{ in: 'header', name: 'If-Match', required: true, description: 'The ETag as you read it.', schema: text }]
      : []),
  ];
}
