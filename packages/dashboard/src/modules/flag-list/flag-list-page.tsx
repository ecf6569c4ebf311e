import { useParams } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { LinkButton } from '../../ui/link-button.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { FlagList } from './flag-list.tsx';
import { useListView } from './use-list-view.ts';
import { useFlagSearch } from './use-flag-search.ts';

/** All flags of a project. */
export function FlagListPage() {
  const { project } = useParams({ from: '/projects/$project/flags' });
  const control = useFlagSearch();
  const list = useListView(project, control.search.env);
  return (
    <div data-list-page>
      <div data-above-list>
        <PageHeader
          title="Flags"
          description={list.lockedProject ?? undefined}
          actions={
            list.lockedProject === null && (
              <LinkButton to="/projects/$project/flags/new" params={{ project }} tone="primary" icon={Plus}>
                New flag
              </LinkButton>
            )
          }
        />
      </div>
      <FlagList key={project} project={project} control={control} list={list} />
    </div>
  );
}
