import { useState } from 'react';
import type { Connection } from '../../api/openapi.d.ts';
import { Button } from '../../ui/button.tsx';
import { ArchiveConnection } from './archive-connection.tsx';
import { ConnectionCard } from './connection-card.tsx';
import { TestSignIn } from './test-sign-in.tsx';

export interface ConnectionListProps {
  readonly connections: readonly Connection[];
  readonly onEdit: (connection: Connection) => void;
}

/** The connections; archived ones when they are asked for. */
export function ConnectionList({ connections, onEdit }: ConnectionListProps) {
  const [isAll, setAll] = useState(false);
  const [asked, setAsked] = useState<{ readonly what: 'archive' | 'test'; readonly connection: Connection } | null>(
    null,
  );
  const archived = connections.filter(({ archivedAt }) => archivedAt !== null).length;
  const shown = connections.filter(({ archivedAt }) => isAll || archivedAt === null);
  const close = () => setAsked(null);
  return (
    <div className="flex flex-col gap-4">
      {shown.length > 0 && (
        <ul className="flex flex-col gap-4" aria-label="Connections">
          {shown.map((connection) => (
            <ConnectionCard
              key={connection.key}
              connection={connection}
              onEdit={() => onEdit(connection)}
              onTest={() => setAsked({ what: 'test', connection })}
              onArchive={() => setAsked({ what: 'archive', connection })}
            />
          ))}
        </ul>
      )}
      {archived > 0 && (
        <Button tone="ghost" size="sm" onClick={() => setAll(!isAll)} className="self-start" aria-expanded={isAll}>
          {isAll ? 'Hide archived connections' : `Show ${archived} archived`}
        </Button>
      )}
      <ArchiveConnection connection={asked?.what === 'archive' ? asked.connection : null} onClose={close} />
      <TestSignIn connection={asked?.what === 'test' ? asked.connection : null} onClose={close} />
    </div>
  );
}
