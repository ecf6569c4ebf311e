import { SlidersHorizontal } from 'lucide-react';
import { useState } from 'react';
import type { FlagFacets } from '../../api/openapi.d.ts';
import { Button } from '../../ui/button.tsx';
import { useMedia } from '../../ui/use-media.ts';
import { narrowedBy, widened } from './flag-search.ts';
import { FilterDrawer, FilterFields, SavedFilters } from './late-parts.tsx';
import { SearchBox } from './search-box.tsx';
import type { FlagSearchControl } from './use-flag-search.ts';

export interface ListToolbarProps {
  readonly project: string;
  readonly control: FlagSearchControl;
  readonly facets: FlagFacets | undefined;
  readonly environment: string | null;
  readonly onLeave: () => void;
}

/** Searching, filtering and ordering the list; on narrow screens the filters stand in a drawer. */
export function ListToolbar({ project, control, facets, environment, onLeave }: ListToolbarProps) {
  const { search, change, replace } = control;
  const [isOpen, setOpen] = useState(false);
  const isWide = useMedia('(min-width: 64rem)');
  const by = narrowedBy(search).filter((member) => member !== 'q');
  const clear = () => replace(widened(search));
  const fields = <FilterFields search={search} onChange={change} facets={facets} environment={environment} />;
  return (
    <div data-above-list className="mb-4 flex flex-col gap-2">
      <div className="flex gap-2">
        <SearchBox
          value={search.q ?? ''}
          onChange={(q) => change({ q }, true)}
          onLeave={onLeave}
          label="Search flags"
        />
        {!isWide && (
          <Button icon={SlidersHorizontal} onClick={() => setOpen(true)}>
            Filters{by.length > 0 && ` (${by.length})`}
          </Button>
        )}
        <SavedFilters project={project} search={search} onApply={replace} />
      </div>
      {isWide ? (
        <div className="flex flex-wrap items-center gap-2">{fields}</div>
      ) : (
        <FilterDrawer
          open={isOpen}
          onClose={() => setOpen(false)}
          title="Filters"
          footer={
            <>
              <Button onClick={clear}>Clear</Button>
              <Button tone="primary" onClick={() => setOpen(false)}>
                Show the flags
              </Button>
            </>
          }
        >
          <div className="flex flex-col gap-3">{fields}</div>
        </FilterDrawer>
      )}
    </div>
  );
}
