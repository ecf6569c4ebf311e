import { type ErrorComponentProps, useRouter } from '@tanstack/react-router';
import { Compass } from 'lucide-react';
import { failureOf } from '../api/problem.ts';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { ErrorNote } from '../ui/error-note.tsx';
import { LinkButton } from '../ui/link-button.tsx';

/** Nothing stands at this address, or nothing that one may see. */
export function NotFoundPage() {
  return (
    <EmptyState
      drawing={<Compass className="size-10" strokeWidth={1.25} />}
      level={1}
      title="There is nothing here"
      action={<LinkButton to="/">Go to the flags</LinkButton>}
    >
      The address may be mistyped, what stood here may be gone, or you may not be allowed to see it. Somebody who
      administers the project can tell.
    </EmptyState>
  );
}

/** A page that could not be shown. */
export function RouteErrorPage({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const retry = () => {
    reset();
    void router.invalidate();
  };
  return (
    <div className="mx-auto max-w-xl p-6">
      <h1 className="mb-4 text-xl font-semibold">This page cannot be shown</h1>
      <ErrorNote
        failure={failureOf(error)}
        action={
          <Button size="sm" onClick={retry}>
            Try again
          </Button>
        }
      />
    </div>
  );
}
