import { useBlocker } from '@tanstack/react-router';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';

/** Asks before edits are lost: on the way to another page or environment, and when the window is closed. */
export function LeaveGuard({ dirty, environment }: { readonly dirty: boolean; readonly environment: string }) {
  const blocker = useBlocker({
    disabled: !dirty,
    withResolver: true,
    enableBeforeUnload: dirty,
    // Another tab of the same flag and environment keeps the edits.
    shouldBlockFn: ({ current, next }) => {
      const isSamePage = current.pathname === next.pathname;
      const nextEnvironment = (next.search as { readonly env?: string }).env;
      return !(isSamePage && (nextEnvironment === undefined || nextEnvironment === environment));
    },
  });
  const stay = () => blocker.status === 'blocked' && blocker.reset();
  return (
    <Dialog
      open={blocker.status === 'blocked'}
      onClose={stay}
      size="sm"
      title={`Leave your edits of ${environment}?`}
      footer={
        <>
          <Button onClick={() => blocker.status === 'blocked' && blocker.proceed()}>Leave without saving</Button>
          <Button tone="primary" onClick={stay}>
            Stay
          </Button>
        </>
      }
    >
      They are not saved, and nobody but you has seen them.
    </Dialog>
  );
}
