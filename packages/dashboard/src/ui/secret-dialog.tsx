import { useState } from 'react';
import { Button } from './button.tsx';
import { Callout } from './callout.tsx';
import { Checkbox } from './checkbox.tsx';
import { Code } from './copy-text.tsx';
import { Dialog } from './dialog.tsx';

export interface SecretDialogProps {
  readonly title: string;
  readonly secret: string;
  /** What the secret is, after “Copy”: `the key`. */
  readonly label: string;
  /** Where it belongs, and where it does not. */
  readonly advice: string;
  /** How it is used, as text to copy. */
  readonly examples: readonly { readonly title: string; readonly text: string }[];
  readonly onClose: () => void;
}

/** Shows a secret, this once; it is not left behind without a warning. */
export function SecretDialog({ title, secret, label, advice, examples, onClose }: SecretDialogProps) {
  const [isKept, setKept] = useState(false);
  const [isWarned, setWarned] = useState(false);
  return (
    <Dialog
      open
      onClose={() => (isKept || isWarned ? onClose() : setWarned(true))}
      sticky
      size="lg"
      title={title}
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
          The server keeps only a hash of it. {advice}
        </Callout>
        <Code text={secret} label={label} />
        {examples.map((example) => (
          <section key={example.title}>
            <h3 className="mb-1.5 text-sm font-medium">{example.title}</h3>
            <Code text={example.text} label={`“${example.title}”`} />
          </section>
        ))}
      </div>
    </Dialog>
  );
}
