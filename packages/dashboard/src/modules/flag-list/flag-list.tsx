import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useReducer, useRef, useState } from 'react';
import { failureOf } from '../../api/problem.ts';
import { facetsQuery } from '../../api/queries/flag-list.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { useMedia } from '../../ui/use-media.ts';
import { BulkBar } from './bulk-bar.tsx';
import { NoFlags, NothingMatches } from './empty-lists.tsx';
import type { RowActions } from './flag-row.tsx';
import { FlagRows, type FlagRowsHandle, RowSkeletons } from './flag-rows.tsx';
import { narrowedBy, toFilter, toQuery, widened } from './flag-search.ts';
import { ListHead } from './list-head.tsx';
import { ListToolbar } from './list-toolbar.tsx';
import { NOTHING_SELECTED, stepSelection } from './selection.ts';
import { StatesDialog } from './states-dialog.tsx';
import type { FlagSearchControl } from './use-flag-search.ts';
import { useListCache } from './use-list-cache.ts';
import { useListKeys } from './use-list-keys.ts';
import type { useListView } from './use-list-view.ts';
import { useListedFlags } from './use-listed-flags.ts';
import { useLiveList } from './use-live-list.ts';
import { useToggle } from './use-toggle.ts';

export interface FlagListProps {
  readonly project: string;
  readonly control: FlagSearchControl;
  readonly list: ReturnType<typeof useListView>;
}

const WIDE_ROW = 60;
const NARROW_ROW = 92;

/** The list with its filters, its selection and what can be done to it. */
export function FlagList({ project, control, list }: FlagListProps) {
  const { search, change, replace } = control;
  const { view, environments, lockedProject } = list;
  const filter = useMemo(() => toFilter(search, view.switched), [search, view.switched]);
  const listed = useListedFlags(project, filter);
  const { flags, total, reach } = listed;
  const cache = useListCache(project);
  const fresh = useLiveList(cache);
  const { toggle, pending } = useToggle(project, cache);
  const [selection, step] = useReducer(stepSelection, NOTHING_SELECTED);
  const [opened, setOpened] = useState<string | null>(null);
  const facets = useQuery(facetsQuery(project)).data;
  const rows = useRef<FlagRowsHandle>(null);
  const rowHeight = useMedia('(min-width: 64rem)') ? WIDE_ROW : NARROW_ROW;
  const keys = useRef<readonly (string | undefined)[]>([]);
  keys.current = flags.map(({ key }) => key);

  // Another view: what it does not hold cannot stay selected unseen.
  const query = toQuery({ ...search, ...(search.state === undefined ? {} : { env: view.switched ?? '' }) });
  useEffect(() => step({ event: 'reset' }), [query]);

  const actions = useMemo<RowActions>(
    () => ({
      select: (at, range) => step({ event: 'toggle', at, range, keys: keys.current }),
      focus: (at) => step({ event: 'moveTo', at }),
      openStates: setOpened,
      toggle,
    }),
    [toggle],
  );
  const move = useListKeys({ selection, step, rows, keys, total: flags.length });
  const chosen = useMemo(() => flags.filter(({ key }) => selection.chosen.has(key)), [flags, selection.chosen]);
  const isNarrowed = narrowedBy(search).length > 0;
  const clear = () => replace(widened(search));

  if (!listed.isLoading && listed.error === null && total === 0 && !isNarrowed)
    return <NoFlags project={project} canCreate={lockedProject === null} />;
  return (
    <>
      <ListToolbar
        project={project}
        control={control}
        facets={facets}
        environment={view.switched}
        onLeave={() => move(1)}
      />
      {listed.error !== null && (
        <ErrorNote
          className="mb-4"
          failure={failureOf(listed.error)}
          action={<Button onClick={listed.retry}>Try again</Button>}
        />
      )}
      <div className="rounded-lg border bg-surface">
        <ListHead
          environments={environments}
          letters={view.letters}
          shown={view.shown}
          onChange={list.rememberShown}
          total={listed.isLoading ? null : total}
          isNarrowed={isNarrowed}
          isOld={listed.isOld}
          switched={view.switched}
          onSwitch={(env) => {
            list.rememberSwitched(env);
            change({ env }, true);
          }}
          selected={chosen.length}
          loaded={flags.length}
          onSelectAll={(all) =>
            step(all ? { event: 'chooseAll', keys: flags.map(({ key }) => key) } : { event: 'clear' })
          }
        />
        {listed.isLoading && listed.error === null && <RowSkeletons count={10} rowHeight={rowHeight} />}
        {!listed.isLoading && total === 0 && (
          <NothingMatches search={search} environment={view.switched} onChange={change} onClear={clear} />
        )}
        {total > 0 && (
          <FlagRows
            flags={flags}
            total={total}
            rowHeight={rowHeight}
            view={view}
            actions={actions}
            chosen={selection.chosen}
            fresh={fresh}
            pending={pending}
            isOld={listed.isOld}
            onSee={reach}
            onMove={move}
            handle={rows}
          />
        )}
      </div>
      <BulkBar
        project={project}
        flags={chosen}
        total={total}
        environment={view.switched}
        locked={view.locked}
        lockedProject={lockedProject}
        tags={facets?.tags.map(({ value }) => value) ?? []}
        onChooseAll={async () => step({ event: 'chooseAll', keys: (await listed.all()).map(({ key }) => key) })}
        onClear={() => step({ event: 'clear' })}
      />
      <StatesDialog
        project={project}
        flag={opened === null ? null : (flags.find(({ key }) => key === opened) ?? null)}
        environments={environments}
        pending={pending}
        onToggle={toggle}
        onClose={() => setOpened(null)}
      />
    </>
  );
}
