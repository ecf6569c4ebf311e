import { Monitor, Smartphone, Terminal } from 'lucide-react';
import type { SessionEntry } from '../../api/openapi.d.ts';
import { failureOf } from '../../api/problem.ts';
import { useRevokeSessions } from '../../api/queries/account.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { showToast } from '../../ui/toast.tsx';
import { deviceOf } from './user-agent.ts';

const ICONS = { computer: Monitor, phone: Smartphone, program: Terminal } as const;

/** One session. The one that one is using ends by signing out, so it has no button here. */
export function SessionRow({ entry }: { readonly entry: SessionEntry }) {
  const revoke = useRevokeSessions();
  const { words, kind } = deviceOf(entry.userAgent);
  const Icon = ICONS[kind];
  const end = () =>
    revoke.mutate([entry.id], {
      onSuccess: () => showToast({ title: `${words} is signed out`, tone: 'on' }),
      onError: (error) => showToast({ ...failureOf(error), tone: 'danger' }),
    });
  return (
    <li className="flex min-h-15 items-center gap-3 px-4 py-2.5">
      <Icon className="size-5 shrink-0 text-faint" strokeWidth={1.5} aria-hidden="true" />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1 font-medium" title={entry.userAgent}>
          {words}
          {entry.current && <Badge tone="on">This one</Badge>}
        </p>
        <p className="text-sm text-faint">
          <span className="font-mono text-xs">{entry.address === '' ? 'unknown address' : entry.address}</span>
          {' · signed in '}
          <TimeText at={entry.createdAt} />
          {!entry.current && (
            <>
              {' · last seen '}
              <TimeText at={entry.lastSeenAt} />
            </>
          )}
        </p>
      </div>
      {!entry.current && (
        <Button size="sm" onClick={end} loading={revoke.isPending} aria-label={`Sign out ${words}`}>
          Sign out
        </Button>
      )}
    </li>
  );
}
