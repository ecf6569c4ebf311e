import type { Connection } from '../../api/openapi.d.ts';
import { connectionStart } from '../../api/queries/entry.ts';
import { buttonLook } from '../../ui/button-look.ts';
import { Button } from '../../ui/button.tsx';
import { CopyText } from '../../ui/copy-text.tsx';
import { Dialog } from '../../ui/dialog.tsx';

export interface TestSignInProps {
  /** Null: closed. */
  readonly connection: Connection | null;
  readonly onClose: () => void;
}

/** Begins a sign-in with a connection: there is no better test. */
export function TestSignIn({ connection, onClose }: TestSignInProps) {
  const path = connection === null ? '' : connectionStart(connection.key, '/account');
  return (
    <Dialog
      open={connection !== null}
      onClose={onClose}
      title={`Test ${connection?.name ?? ''}`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <a href={path} className={buttonLook('primary', 'md')}>
            Sign in with it
          </a>
        </>
      }
    >
      <div className="flex flex-col gap-3 text-soft">
        <p>
          This is a real sign-in. The provider asks who you are, and you come back to “Your account” as that person; if
          something is wrong, to the sign-in page, which says what.
        </p>
        <p>To stay signed in here meanwhile, open this address in a private window:</p>
        <CopyText text={`${window.location.origin}${path}`} label="the address" className="self-start" />
      </div>
    </Dialog>
  );
}
