import { useQuery } from '@tanstack/react-query';
import { failureOf } from '../../api/problem.ts';
import { facetsQuery } from '../../api/queries/flag-list.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { useDrawn } from '../../ui/late-part.tsx';
import { NoFlags, NothingMatches } from './empty-lists.tsx';
import { FlagRows, RowSkeletons } from './flag-rows.tsx';
import { narrowedBy, widened } from './flag-search.ts';
import { BulkBar, StatesDialog } from './late-parts.tsx';
import { ListHead } from './list-head.tsx';
import { ListToolbar } from './list-toolbar.tsx';
import type { FlagSearchControl } from './use-flag-search.ts';
import { type FlagListState, useFlagListState } from './use-flag-list-state.ts';
import type { useListView } from './use-list-view.ts';

export interface FlagListProps {
  readonly project: string;
  readonly control: FlagSearchControl;
  readonly list: ReturnType<typeof useListView>;
}

/** The list with its filters, its selection and what can be done to it. */
export function FlagList({ project, control, list }: FlagListProps) {
  const { search, change, replace } = control;
  const { view, environments, lockedProject } = list;
  const state = useFlagListState(project, control, list);
  const { listed, selection, step, chosen, toggle, pending, opened, setOpened, rows, rowHeight, move } = state;
  const { flags, total, reach } = listed;
  const facets = useQuery(facetsQuery(project)).data;
  const isNarrowed = narrowedBy(search).length > 0;
  useDrawn(!listed.isLoading);

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
        <Head control={control} list={list} state={state} />
        {listed.isLoading && listed.error === null && <RowSkeletons count={10} rowHeight={rowHeight} />}
        {!listed.isLoading && total === 0 && (
          <NothingMatches
            search={search}
            environment={view.switched}
            onChange={change}
            onClear={() => replace(widened(search))}
          />
        )}
        {total > 0 && (
          <FlagRows
            flags={flags}
            total={total}
            rowHeight={rowHeight}
            view={view}
            actions={state.actions}
            chosen={selection.chosen}
            fresh={state.fresh}
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

function Head({ control, list, state }: Pick<FlagListProps, 'control' | 'list'> & { readonly state: FlagListState }) {
  const { view, environments } = list;
  const { listed, chosen, step } = state;
  const { flags } = listed;
  return (
    <ListHead
      environments={environments}
      letters={view.letters}
      shown={view.shown}
      onChange={list.rememberShown}
      total={listed.isLoading ? null : listed.total}
      isNarrowed={narrowedBy(control.search).length > 0}
      isOld={listed.isOld}
      switched={view.switched}
      onSwitch={(env) => {
        list.rememberSwitched(env);
        control.change({ env }, true);
      }}
      selected={chosen.length}
      loaded={flags.length}
      onSelectAll={(all) => step(all ? { event: 'chooseAll', keys: flags.map(({ key }) => key) } : { event: 'clear' })}
    />
  );
}
