import { useState } from 'react';
import type { SdkKeyCreated } from '../../api/openapi.d.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Code } from '../../ui/copy-text.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { keySnippets } from './key-snippet.ts';

export interface SecretDialogProps {
  readonly made: SdkKeyCreated;
  readonly environmentId: string;
  readonly onClose: () => void;
}

/** Shows a new key, this once, and what to do with it. */
export function SecretDialog({ made, environmentId, onClose }: SecretDialogProps) {
  const [isKept, setKept] = useState(false);
  const [isWarned, setWarned] = useState(false);
  const isPublic = made.kind === 'client';
  return (
    <Dialog
      open
      onClose={() => (isKept || isWarned ? onClose() : setWarned(true))}
      sticky
      size="lg"
      title={`${made.name}: copy the key now`}
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
          The server keeps only a hash of it.{' '}
          {isPublic
            ? 'It may stand in a page: it gets answers, never rules.'
            : 'Put it where your program’s secrets are, never into a page or a repository.'}
        </Callout>
        <Code text={made.secret} label="the key" />
        {keySnippets({ kind: made.kind, secret: made.secret, environmentId }, window.location.origin).map(
          ({ title, text }) => (
            <section key={title}>
              <h3 className="mb-1.5 text-sm font-medium">{title}</h3>
              <Code text={text} label={title} />
            </section>
          ),
        )}
      </div>
    </Dialog>
  );
}
