import { Archive, Power, PowerOff, Tag as TagIcon, X } from 'lucide-react';
import { useRef, useState } from 'react';
import type { Flag } from '../../api/openapi.d.ts';
import { Button } from '../../ui/button.tsx';
import { FocusAfter } from '../../ui/focus-after.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { useFoot } from '../../ui/use-foot.ts';
import { ArchiveDialog } from './archive-dialog.tsx';
import { TagDialog } from './tag-dialog.tsx';
import { ToggleDialog } from './toggle-dialog.tsx';

export interface BulkBarProps {
  readonly project: string;
  readonly flags: readonly Flag[];
  readonly total: number;
  readonly environment: string | null;
  /** Why flags cannot be switched in the environment; null: they can. */
  readonly locked: string | null;
  /** Why flags cannot be edited in the project as a whole. */
  readonly lockedProject: string | null;
  readonly tags: readonly string[];
  readonly onChooseAll: () => Promise<void>;
  readonly onClear: () => void;
}

type Doing = 'on' | 'off' | 'tag' | 'archive';

/** What can be done to the flags that are selected; stands at the lower edge while any are. */
export function BulkBar(props: BulkBarProps) {
  const { flags, total, environment, locked, lockedProject, onChooseAll, onClear } = props;
  const [doing, setDoing] = useState<Doing | null>(null);
  const [isChoosing, setChoosing] = useState(false);
  const isArchived = flags.some(({ lifecycle }) => lifecycle === 'archived');
  const bar = useRef<HTMLDivElement>(null);
  useFoot(bar, flags.length > 0);
  async function chooseAll() {
    setChoosing(true);
    await onChooseAll().finally(() => setChoosing(false));
  }
  if (flags.length === 0) return null;
  return (
    <>
      <div
        ref={bar}
        role="region"
        aria-label="Selected flags"
        className="sticky bottom-4 z-10 mx-auto mt-3 flex w-fit max-w-full flex-wrap items-center gap-2 rounded-xl bg-raised px-3 py-2 shadow-pop max-lg:bottom-18"
      >
        <FocusAfter />
        <span className="px-1 font-medium nums" role="status">
          {flags.length.toLocaleString('en')} selected
        </span>
        {flags.length < total && (
          <Button size="sm" tone="ghost" loading={isChoosing} onClick={() => void chooseAll()}>
            All {total.toLocaleString('en')}
          </Button>
        )}
        {environment !== null && (
          <>
            <Button
              size="sm"
              icon={Power}
              disabled={locked !== null || isArchived}
              title={locked ?? undefined}
              onClick={() => setDoing('on')}
            >
              On<span className="max-sm:sr-only"> in {environment}</span>
            </Button>
            <Button
              size="sm"
              icon={PowerOff}
              disabled={locked !== null || isArchived}
              title={locked ?? undefined}
              onClick={() => setDoing('off')}
            >
              Off<span className="max-sm:sr-only"> in {environment}</span>
            </Button>
          </>
        )}
        <Button
          size="sm"
          icon={TagIcon}
          disabled={lockedProject !== null || isArchived}
          title={lockedProject ?? undefined}
          onClick={() => setDoing('tag')}
        >
          Tag
        </Button>
        <Button
          size="sm"
          icon={Archive}
          disabled={lockedProject !== null || isArchived}
          title={lockedProject ?? undefined}
          onClick={() => setDoing('archive')}
        >
          Archive
        </Button>
        <IconButton label="Select none (Esc)" icon={X} size="sm" onClick={onClear} />
      </div>
      {doing !== null && <BulkDialog {...props} doing={doing} onClose={() => setDoing(null)} />}
    </>
  );
}

interface BulkDialogProps extends Pick<BulkBarProps, 'project' | 'flags' | 'environment' | 'tags' | 'onClear'> {
  readonly doing: Doing;
  readonly onClose: () => void;
}

function BulkDialog({ doing, project, flags, environment, tags, onClear, onClose }: BulkDialogProps) {
  const common = { project, flags, onClose, onDone: onClear };
  if (doing === 'tag') return <TagDialog {...common} tags={tags} />;
  if (doing === 'archive') return <ArchiveDialog {...common} />;
  return environment === null ? null : <ToggleDialog {...common} environment={environment} enabled={doing === 'on'} />;
}
