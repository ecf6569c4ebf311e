import type { SdkKeyCreated } from '../../api/openapi.d.ts';
import { SecretDialog } from '../../ui/secret-dialog.tsx';
import { keySnippets } from './key-snippet.ts';

export interface KeySecretDialogProps {
  readonly made: SdkKeyCreated;
  readonly environmentId: string;
  readonly onClose: () => void;
}

/** Shows a new key, this once, and what to do with it. */
export function KeySecretDialog({ made, environmentId, onClose }: KeySecretDialogProps) {
  return (
    <SecretDialog
      title={`${made.name}: copy the key now`}
      secret={made.secret}
      label="the key"
      advice={
        made.kind === 'client'
          ? 'It may stand in a page: it gets answers, never rules.'
          : 'Put it where your program’s secrets are, never into a page or a repository.'
      }
      examples={keySnippets({ kind: made.kind, secret: made.secret, environmentId }, window.location.origin)}
      onClose={onClose}
    />
  );
}
