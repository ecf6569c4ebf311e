import { useState } from 'react';
import type { TokenCreated } from '../../api/openapi.d.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Code } from '../../ui/copy-text.tsx';
import { Dialog } from '../../ui/dialog.tsx';

/** Shows a new token, this once, and how to try it. */
export function TokenSecretDialog({ made, onClose }: { readonly made: TokenCreated; readonly onClose: () => void }) {
  const [isKept, setKept] = useState(false);
  const [isWarned, setWarned] = useState(false);
  const path = made.project === null ? '/api/v1/projects' : `/api/v1/projects/${made.project}/flags`;
  return (
    <Dialog
      open
      onClose={() => (isKept || isWarned ? onClose() : setWarned(true))}
      sticky
      size="lg"
      title={`${made.name}: copy the token now`}
      footer={
        <>
          <div className="mr-auto">
            <Checkbox
              checked={isKept}
              onChange={setKept}
              label="I have kept it"
              hint={
                isWarned &&
                !isKept && (
                  <span role="alert" className="text-danger-text">
                    It cannot be shown again. Close once more to leave it behind.
                  </span>
                )
              }
            />
          </div>
          <Button tone="primary" disabled={!isKept} onClick={onClose}>
            Done
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-5">
        <Callout tone="warn" title="It is shown this once">
          The server keeps only a hash of it. Put it where your script’s secrets are, never into a repository.
        </Callout>
        <Code text={made.secret} label="the token" />
        <section>
          <h3 className="mb-1.5 text-sm font-medium">Try it</h3>
          <Code
            text={`curl -s ${window.location.origin}${path} \\\n  -H 'Authorization: Bearer ${made.secret}'`}
            label="the command"
          />
        </section>
      </div>
    </Dialog>
  );
}
