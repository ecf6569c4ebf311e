/** Saving a draft: what changed, on top of what is saved now. */
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { ApiProblem, failureOf } from '../../../api/problem.ts';
import { configurationQuery, useEditConfiguration } from '../../../api/queries/flags.ts';
import { TriedFirst } from '../../../api/tried.ts';
import { showToast } from '../../../ui/toast.tsx';
import { type Configuration, readConfiguration } from '../draft/configuration.ts';
import type { Choices } from '../merge/conflict.ts';
import { mergeConfigurations } from '../merge/merge.ts';
import { describeDifferences, inShort } from '../words/change-words.ts';
import { textOf } from '../words/span.ts';
import { shortened } from '../words/value-words.ts';
import type { useAuthors } from './use-authors.ts';
import {
  type Contradiction,
  type EditedState,
  type News,
  type Outcome,
  type SavedState,
  saveOnTop,
} from './save-on-top.ts';
import type { DraftState } from './use-draft.ts';

/** A contradiction that somebody has to settle. */
export interface Clash extends Contradiction {
  /** Save as soon as it is settled, with this reason; null: it was only about looking at what is new. */
  readonly saving: { readonly reason: string } | null;
}

export interface Failure {
  readonly title: string;
  readonly detail: string;
}

export interface SavePlace {
  readonly project: string;
  readonly environment: string;
  readonly flag: string;
}

export type Saving = ReturnType<typeof useSave>;

export function useSave(place: SavePlace, state: DraftState, authors: ReturnType<typeof useAuthors>) {
  const wire = useWire(place, authors);
  const isSaving = useRef(false);
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [clash, setClash] = useState<Clash | null>(null);

  /** @returns Whether everything is saved. */
  async function save(start: EditedState, reason: string): Promise<boolean> {
    if (isSaving.current) return false;
    isSaving.current = true;
    setPending(true);
    setFailure(null);
    const notes: string[] = [];
    const onMerged = (from: Configuration, news: News): void => {
      state.step({ event: 'land', from, onto: news.configuration, revision: news.revision });
      const what = shortened(textOf(inShort(describeDifferences(from, news.configuration))), 120);
      notes.push(`${news.author} changed this meanwhile (${what}); your edit was applied on top.`);
    };
    try {
      const outcome = await saveOnTop(start, { ...wire, write: (edit, at) => wire.write(edit, at, reason), onMerged });
      return conclude(outcome, notes, reason);
    } catch (error) {
      if (error instanceof TriedFirst) return sayTried(error, state);
      if (error instanceof ApiProblem) state.refuse(error.errors);
      setFailure(failureOf(error));
      return false;
    } finally {
      isSaving.current = false;
      setPending(false);
    }
  }

  function conclude(outcome: Outcome, notes: readonly string[], reason: string): boolean {
    switch (outcome.kind) {
      case 'saved': {
        const { sent, saved } = outcome;
        state.step({ event: 'land', from: sent, onto: saved.configuration, revision: saved.revision });
        const title = `Saved as revision ${saved.revision} in ${place.environment}`;
        showToast({ title, tone: 'on', ...(notes.length === 0 ? {} : { detail: notes.join(' '), timeoutMs: 12_000 }) });
        return true;
      }
      case 'nothing left':
        showToast({ title: 'The same was saved already', detail: notes.join(' ') });
        return true;
      case 'contradiction':
        setClash({ ...outcome.contradiction, saving: { reason } });
        return false;
      case 'given up':
        setFailure({
          title: 'Others save faster than this page',
          detail: 'Your edits are kept. Try again in a moment.',
        });
        return false;
    }
  }

  return {
    pending,
    failure,
    clash,
    isSaving: () => isSaving.current,
    save: (reason: string) => save(state.draft, reason),
    /** Puts what others saved under the edits; asks where both changed the same. */
    async takeIn(): Promise<void> {
      const { base, present } = state.draft;
      const { configuration: theirs, revision, author } = await wire.readTheirs();
      if (mergeConfigurations(base, present, theirs).conflicts.length > 0) {
        setClash({ base, mine: present, theirs, revision, author, saving: null });
        return;
      }
      state.step({ event: 'land', from: base, onto: theirs, revision });
      showToast({ title: `Your edits now stand on revision ${revision}`, detail: 'Nothing is saved yet.' });
    },
    async settleClash(choices: Choices): Promise<void> {
      if (clash === null) return;
      const { base, mine, theirs, revision, saving } = clash;
      const { merged } = mergeConfigurations(base, mine, theirs, choices);
      setClash(null);
      state.step({ event: 'rebase', base: theirs, revision, present: merged });
      if (saving !== null) await save({ base: theirs, present: merged, revision }, saving.reason);
    },
    leaveClash: () => setClash(null),
  };
}

/** The edits are out of the author's hands: what is shown is what is published. */
function sayTried(tried: TriedFirst, state: DraftState): true {
  state.step({ event: 'discard' });
  showToast({ ...failureOf(tried), tone: 'on', timeoutMs: 12_000 });
  return true;
}

/** Reading and writing the configuration. */
function useWire({ project, environment, flag }: SavePlace, authors: ReturnType<typeof useAuthors>) {
  const client = useQueryClient();
  const { mutateAsync } = useEditConfiguration(project);
  return {
    async write(edit: Partial<Configuration>, revision: number, reason: string): Promise<SavedState | null> {
      try {
        const found = await mutateAsync({ flag, environment, revision, reason, body: bodyOf(edit) });
        return { configuration: readConfiguration(found), revision: found.revision };
      } catch (error) {
        if (error instanceof ApiProblem && error.code === 'precondition_failed') return null;
        throw error;
      }
    },
    async readTheirs(): Promise<News> {
      const found = await client.fetchQuery({ ...configurationQuery(project, flag, environment), staleTime: 0 });
      const author = await authors.ask(environment, found.revision);
      return { configuration: readConfiguration(found), revision: found.revision, author };
    },
  };
}

/** The schema of the API has lists that may be written to. */
export function bodyOf(edit: Partial<Configuration>) {
  const { prerequisites, targets, rules, ...rest } = edit;
  return {
    ...rest,
    ...(prerequisites === undefined ? {} : { prerequisites: [...prerequisites] }),
    ...(targets === undefined ? {} : { targets: [...targets] }),
    ...(rules === undefined ? {} : { rules: [...rules] }),
  };
}
