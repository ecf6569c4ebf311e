/** The first lines of code with a new key. */
import type { KeyKind } from './key-words.ts';

export interface Snippet {
  readonly title: string;
  readonly language: string;
  readonly text: string;
}

export interface NewKey {
  readonly kind: KeyKind;
  readonly secret: string;
  /** Id of an environment it is for. */
  readonly environmentId: string;
}

/** `origin`: where this server is reached, such as `https://flags.example.com`. */
export function keySnippets({ kind, secret, environmentId }: NewKey, origin: string): readonly Snippet[] {
  if (kind === 'server') return [serverSnippet(secret, origin), curl(secret, origin, 'Or try it from a terminal')];
  if (kind === 'client') return [curl(secret, origin, 'Ask for a flag over OFREP')];
  return [
    {
      title: 'See that it may read an environment, here by its id',
      language: 'sh',
      text: `curl -s '${origin}/native/v1/ruleset?environment=${environmentId}' \\
  -H 'Authorization: Bearer ${secret}'`,
    },
  ];
}

function serverSnippet(secret: string, origin: string): Snippet {
  return {
    title: 'In a Node service, with OpenFeature',
    language: 'js',
    text: `// npm install @openfeature/server-sdk @flaghoist/openfeature-server
// FLAGHOIST_KEY='${secret}'
import { OpenFeature } from '@openfeature/server-sdk';
import { FlaghoistProvider } from '@flaghoist/openfeature-server';

const provider = new FlaghoistProvider({ url: '${origin}', key: process.env.FLAGHOIST_KEY });
await OpenFeature.setProviderAndWait(provider);

const flags = OpenFeature.getClient();
if (await flags.getBooleanValue('new-checkout', false, { targetingKey: user.id })) {
  // ...
}`,
  };
}

function curl(secret: string, origin: string, title: string): Snippet {
  return {
    title,
    language: 'sh',
    text: `curl -s ${origin}/ofrep/v1/evaluate/flags/new-checkout \\
  -H 'Authorization: Bearer ${secret}' -H 'Content-Type: application/json' \\
  -d '{"context":{"targetingKey":"user-1"}}'`,
  };
}
