import type { TokenCreated } from '../../api/openapi.d.ts';
import { SecretDialog } from '../../ui/secret-dialog.tsx';

/** Shows a new token, this once, and how to try it. */
export function TokenSecretDialog({ made, onClose }: { readonly made: TokenCreated; readonly onClose: () => void }) {
  const path = made.project === null ? '/api/v1/projects' : `/api/v1/projects/${made.project}/flags`;
  return (
    <SecretDialog
      title={`${made.name}: copy the token now`}
      secret={made.secret}
      label="the token"
      advice="Put it where your script’s secrets are, never into a repository."
      examples={[
        {
          title: 'Try it',
          text: `curl -s ${window.location.origin}${path} \\\n  -H 'Authorization: Bearer ${made.secret}'`,
        },
      ]}
      onClose={onClose}
    />
  );
}
