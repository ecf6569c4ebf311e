import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import type { Session } from '../../api/client.ts';
import { adoptSession } from '../../api/queries/session.ts';
import { safeReturn } from '../../api/return-path.ts';

/** Takes the session and goes on to where one wanted to go: a path of this program, whatever the address says. */
export function useArrive(to: string | undefined): (session: Session) => void {
  const client = useQueryClient();
  const router = useRouter();
  return (session) => {
    adoptSession(client, session);
    router.history.replace(safeReturn(to));
  };
}
