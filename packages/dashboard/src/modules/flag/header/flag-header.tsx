import type { ReactNode } from 'react';
import { Link } from '@tanstack/react-router';
import { PencilLine } from 'lucide-react';
import { Suspense, useState } from 'react';
import { FLAG_TYPE_WORDS } from '../../../api/flag-type-words.ts';
import { usePresence } from '../../../api/presence.ts';
import type { Flag } from '../../../api/openapi.d.ts';
import { Badge } from '../../../ui/badge.tsx';
import { CopyText } from '../../../ui/copy-text.tsx';
import { PageHeader } from '../../../ui/page-header.tsx';
import { Tag } from '../../../ui/tag.tsx';
import { PresenceFaces } from '../editing/presence-faces.tsx';
import { ArchiveDialog, DetailsDialog, FlagMenu } from '../late-parts.tsx';
import { Fact } from './fact.tsx';
import type { FlagTask } from './flag-menu.tsx';
import { Lifecycle } from './lifecycle.tsx';

export interface FlagHeaderProps {
  readonly flag: Flag;
  /** Null: it is in none. */
  readonly environment: string | null;
  readonly isEditing: boolean;
  readonly mayDescribe: boolean;
  readonly mayArchive: boolean;
}

/** What the flag is, in all environments. */
export function FlagHeader({ flag, environment, isEditing, mayDescribe, mayArchive }: FlagHeaderProps) {
  const [open, setOpen] = useState<FlagTask | null>(null);
  const [opened, setOpened] = useState<ReadonlySet<FlagTask>>(new Set());
  if (open !== null && !opened.has(open)) setOpened(new Set([...opened, open]));
  const people = usePresence({
    project: flag.project,
    flag: flag.key,
    environment: environment ?? undefined,
    doing: isEditing ? 'editing' : 'viewing',
  });
  const isArchived = flag.lifecycle === 'archived';
  return (
    <div className="flex flex-col">
      <PageHeader
        breadcrumb={
          <Link to="/projects/$project/flags" params={{ project: flag.project }} className="rounded-sm hover:text-ink">
            Flags
          </Link>
        }
        title={flag.name}
        beside={
          <span className="flex min-w-0 flex-wrap items-center gap-2">
            <CopyText text={flag.key} label="flag key" />
            <Badge>{FLAG_TYPE_WORDS[flag.type]}</Badge>
            {isArchived && <Badge tone="warn">Archived</Badge>}
          </span>
        }
        actions={
          <>
            <PresenceFaces people={people} />
            {!isArchived && (mayDescribe || mayArchive) && (
              <FlagMenu mayDescribe={mayDescribe} mayArchive={mayArchive} onChoose={setOpen} />
            )}
          </>
        }
        {...(flag.description === '' ? {} : { description: flag.description })}
      />
      <dl className="-mt-3 mb-5 flex flex-wrap items-center gap-x-5 gap-y-2 text-sm">
        <Fact name="Owner">
          <EditableFact
            label="Edit the owner"
            isEditable={mayDescribe && !isArchived}
            onEdit={() => setOpen('details')}
          >
            {flag.owner === '' ? <span className="text-faint">nobody yet</span> : flag.owner}
          </EditableFact>
        </Fact>
        <Fact name="Tags">
          <EditableFact label="Edit the tags" isEditable={mayDescribe && !isArchived} onEdit={() => setOpen('details')}>
            {flag.tags.length === 0 ? (
              <span className="text-faint">none</span>
            ) : (
              flag.tags.map((tag) => <Tag key={tag}>{tag}</Tag>)
            )}
          </EditableFact>
        </Fact>
        <Lifecycle flag={flag} environment={environment} />
      </dl>
      {/* Once it was open it stays, so that it can be seen to go. */}
      <Suspense>
        {mayDescribe && opened.has('details') && (
          <DetailsDialog key={flag.version} flag={flag} open={open === 'details'} onClose={() => setOpen(null)} />
        )}
        {mayArchive && opened.has('archive') && (
          <ArchiveDialog flag={flag} open={open === 'archive'} onClose={() => setOpen(null)} />
        )}
      </Suspense>
    </div>
  );
}

interface EditableFactProps {
  readonly label: string;
  readonly isEditable: boolean;
  readonly onEdit: () => void;
  readonly children: ReactNode;
}

function EditableFact({ label, isEditable, onEdit, children }: EditableFactProps) {
  if (!isEditable) return children;
  return (
    <button
      type="button"
      aria-label={label}
      onClick={onEdit}
      className="group relative -mx-1 flex flex-wrap items-center gap-1 rounded-sm px-1 py-0.5 text-left hover:bg-hover"
    >
      {children}
      <PencilLine
        className="absolute left-full size-3.5 text-faint opacity-0 group-hover:opacity-100 group-focus-visible:opacity-100"
        aria-hidden="true"
      />
    </button>
  );
}
