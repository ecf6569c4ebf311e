import { useQuery } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useMemo, useState } from 'react';
import type { Flag } from '../../api/openapi.d.ts';
import { sessionQuery } from '../../api/queries/session.ts';
import { Callout } from '../../ui/callout.tsx';
import { showToast } from '../../ui/toast.tsx';
import { FlagTabs } from './flag-tabs.tsx';
import { attributesOf, type Configuration, readConfiguration } from './draft/configuration.ts';
import { type Editing, EditingContext } from './editing/editing-context.ts';
import { useAuthors } from './editing/use-authors.ts';
import { News } from './editing/news.tsx';
import { type SavedConfiguration, useDraft } from './editing/use-draft.ts';
import { useSave } from './editing/use-save.ts';
import type { useToggle } from './editing/use-toggle.ts';
import { ConflictDialog, LeaveGuard, SaveBar } from './late-parts.tsx';
import { isSame } from './draft/same.ts';
import { OwnAttributes } from './targeting/known-attributes.ts';
import { describeDifferences, inShort } from './words/change-words.ts';
import { textOf } from './words/span.ts';
import { shortened } from './words/value-words.ts';

export interface FlagEditorProps {
  readonly flag: Flag;
  readonly environment: string;
  readonly saved: SavedConfiguration;
  readonly readOnly: boolean;
  readonly tab: string | undefined;
  readonly toggle: ReturnType<typeof useToggle>;
  readonly onDirty: (dirty: boolean) => void;
  readonly onTab: (tab: string) => void;
}

/** The flag in one environment: the draft, its tabs, and what is to be done about it. */
export function FlagEditor({ flag, environment, saved, readOnly, tab, toggle, onDirty, onTab }: FlagEditorProps) {
  const place = { project: flag.project, environment, flag: flag.key };
  const state = useDraft(flag.key, flag.type, saved);
  const authors = useAuthors(flag.project, flag.key);
  const saving = useSave(place, state, authors);
  const { draft, dirty, step } = state;
  const note = useNews({
    saved,
    state,
    isSaving: saving.isSaving,
    author: (revision) => authors.known(environment, revision),
  });

  const tellDirty = useEffectEvent(onDirty);
  useEffect(() => {
    tellDirty(dirty);
    return () => tellDirty(false);
  }, [dirty]);

  const variants = useMemo(() => Object.keys(draft.base.variants), [draft.base.variants]);
  const names = variants.join('\n');
  const editing = useMemo<Editing>(
    () => ({
      project: flag.project,
      environment,
      flag: flag.key,
      type: flag.type,
      variants: names.split('\n'),
      readOnly,
      edit: (action, typing = false) => step({ event: 'edit', action, typing }),
      settle: () => step({ event: 'settle' }),
    }),
    [flag.project, flag.key, flag.type, environment, names, readOnly, step],
  );
  const attributes = useMemo(
    () => ({ project: flag.project, own: attributesOf(draft.base) }),
    [flag.project, draft.base],
  );
  const toggled = flag.environments.find((one) => one.environment === environment);
  const enabled = toggled?.enabled ?? draft.present.enabled;
  return (
    <EditingContext value={editing}>
      <OwnAttributes value={attributes}>
        {readOnly && flag.lifecycle === 'active' && (
          <Callout className="mb-4" title={`You may look at ${environment}, not change it`}>
            Changing flags needs the role editor here. An admin of the project can give it.
          </Callout>
        )}
        <FlagTabs
          flag={flag}
          state={state}
          enabled={enabled}
          pending={toggle.pending.has(environment)}
          tab={tab}
          onTab={onTab}
          onToggle={(next) =>
            toggle.toggle({ environment, enabled, revision: Math.max(toggled?.revision ?? 0, draft.revision) }, next)
          }
        />
        {!readOnly && (
          <>
            <SaveBar
              environment={environment}
              state={state}
              saving={saving}
              news={note === null ? null : <News {...note} onTakeIn={() => void saving.takeIn()} />}
            />
            <ConflictDialog saving={saving} />
            <LeaveGuard dirty={dirty} environment={environment} />
          </>
        )}
      </OwnAttributes>
    </EditingContext>
  );
}

/** Characters of a note in a corner. */
const LONGEST_DETAIL = 120;

interface NewsInput {
  readonly saved: SavedConfiguration;
  readonly state: ReturnType<typeof useDraft>;
  readonly isSaving: () => boolean;
  readonly author: (revision: number) => string;
}

interface Note {
  readonly author: string;
  readonly revision: number;
  readonly base: Configuration;
  readonly theirs: Configuration;
}

/**
 * What others saved: without edits of one's own it is shown at once; with them, the switch of the flag is taken in (it is no
 * part of the edits), and everything else waits to be merged.
 */
function useNews({ saved, state, isSaving, author }: NewsInput): Note | null {
  const { draft, dirty, step } = state;
  const [note, setNote] = useState<Note | null>(null);
  const me = useQuery(sessionQuery).data?.person.name;
  const meet = useEffectEvent(() => {
    if (isSaving() || saved.revision <= draft.revision) {
      if (saved.revision <= draft.revision) setNote(null);
      return;
    }
    const theirs = readConfiguration(saved);
    const who = author(saved.revision);
    const isOnlySwitch = isSame({ ...draft.base, enabled: theirs.enabled }, theirs);
    if (!dirty || isOnlySwitch) {
      if (!isOnlySwitch && who !== me)
        showToast({
          title: `${who} saved revision ${saved.revision}`,
          detail: shortened(textOf(inShort(describeDifferences(draft.base, theirs))), LONGEST_DETAIL),
        });
      step({ event: 'land', from: draft.base, onto: theirs, revision: saved.revision });
    } else setNote({ author: who, revision: saved.revision, base: draft.base, theirs });
  });
  useEffect(() => meet(), [saved.revision, draft.revision]);
  return note;
}
