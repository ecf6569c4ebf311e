/** Saving a draft: what changed, on top of what is saved now. */
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { ApiProblem, failureOf } from '../../../api/problem.ts';
import { configurationQuery, useEditConfiguration } from '../../../api/queries/flags.ts';
import { showToast } from '../../../ui/toast.tsx';
import { type Configuration, editBetween, readConfiguration } from '../draft/configuration.ts';
import type { Draft } from '../draft/draft.ts';
import type { Choices } from '../merge/conflict.ts';
import { mergeConfigurations } from '../merge/merge.ts';
import { describeDifferences, inShort } from '../words/change-words.ts';
import { textOf } from '../words/span.ts';
import { shortened } from '../words/value-words.ts';
import type { useAuthors } from './newcomer.ts';
import type { DraftState } from './use-draft.ts';

/** Both sides changed the same things: somebody has to choose. */
export interface Clash {
  readonly base: Configuration;
  readonly mine: Configuration;
  readonly theirs: Configuration;
  readonly revision: number;
  readonly author: string;
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

/** Others are seldom faster three times in a row; then a person should look. */
const MOST_ATTEMPTS = 4;

export type Saving = ReturnType<typeof useSave>;

export function useSave(place: SavePlace, state: DraftState, authors: ReturnType<typeof useAuthors>) {
  const { project, environment, flag } = place;
  const client = useQueryClient();
  const write = useEditConfiguration(project);
  const isSaving = useRef(false);
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [clash, setClash] = useState<Clash | null>(null);

  const readTheirs = async () => {
    const found = await client.fetchQuery({ ...configurationQuery(project, flag, environment), staleTime: 0 });
    return {
      theirs: readConfiguration(found),
      revision: found.revision,
      author: await authors.ask(environment, found.revision),
    };
  };

  /** @returns Whether everything is saved. */
  async function attempt(start: Pick<Draft, 'base' | 'present' | 'revision'>, reason: string): Promise<boolean> {
    let { base, present, revision } = start;
    const merged: string[] = [];
    for (let round = 0; round < MOST_ATTEMPTS; round++) {
      const body = editBetween(base, present);
      if (body === null) {
        state.step({ event: 'rebase', base, revision });
        showToast({ title: `${merged.at(-1) ?? 'Somebody'} had saved the same already.` });
        return true;
      }
      try {
        const found = await write.mutateAsync({ flag, environment, revision, reason, body: bodyOf(body) });
        state.step({ event: 'rebase', base: readConfiguration(found), revision: found.revision });
        const title = `Saved as revision ${found.revision} in ${environment}`;
        showToast(
          merged.length === 0
            ? { title, tone: 'on' }
            : { title, tone: 'on', detail: merged.join(' '), timeoutMs: 12_000 },
        );
        return true;
      } catch (error) {
        if (!(error instanceof ApiProblem) || error.code !== 'precondition_failed') throw error;
        const news = await readTheirs();
        const merge = mergeConfigurations(base, present, news.theirs);
        if (merge.conflicts.length > 0) {
          setClash({ base, mine: present, ...news, saving: { reason } });
          return false;
        }
        const what = shortened(textOf(inShort(describeDifferences(base, news.theirs))), 120);
        merged.push(`${news.author} changed this meanwhile (${what}); your edit was applied on top.`);
        ({ revision } = news);
        base = news.theirs;
        present = merge.merged;
        state.step({ event: 'rebase', base, revision, present });
      }
    }
    setFailure({ title: 'Others save faster than this page', detail: 'Your edits are kept. Try again in a moment.' });
    return false;
  }

  async function save(start: Pick<Draft, 'base' | 'present' | 'revision'>, reason: string): Promise<boolean> {
    if (isSaving.current) return false;
    isSaving.current = true;
    setPending(true);
    setFailure(null);
    try {
      return await attempt(start, reason);
    } catch (error) {
      if (error instanceof ApiProblem) state.refuse(error.errors);
      setFailure(failureOf(error));
      return false;
    } finally {
      isSaving.current = false;
      setPending(false);
    }
  }

  return {
    pending,
    failure,
    clash,
    isSaving: () => isSaving.current,
    clearFailure: () => setFailure(null),
    save: (reason: string) => save(state.draft, reason),
    /** Puts what others saved under the edits; asks where both changed the same. */
    async takeIn(): Promise<void> {
      const { base, present } = state.draft;
      const news = await readTheirs();
      const merge = mergeConfigurations(base, present, news.theirs);
      if (merge.conflicts.length > 0) return setClash({ base, mine: present, ...news, saving: null });
      state.step({ event: 'rebase', base: news.theirs, revision: news.revision, present: merge.merged });
      showToast({ title: `Your edits now stand on revision ${news.revision}`, detail: 'Nothing is saved yet.' });
      return undefined;
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
