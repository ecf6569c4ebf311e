import { useQuery } from '@tanstack/react-query';
import { Bookmark, Check, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { formFailure } from '../../api/form-failure.ts';
import { failureOf } from '../../api/problem.ts';
import { savedFiltersQuery, useRemoveFilter, useSaveFilter } from '../../api/queries/flag-list.ts';
import { Button } from '../../ui/button.tsx';
import { cx } from '../../ui/class-names.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Field } from '../../ui/field.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Popover } from '../../ui/popover.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { useForm } from '../../ui/use-form.ts';
import { type FlagSearch, fromQuery, toQuery } from './flag-search.ts';

export interface SavedFiltersProps {
  readonly project: string;
  readonly search: FlagSearch;
  readonly onApply: (search: FlagSearch) => void;
}

/** Views of the list that one keeps under a name, for oneself. */
export function SavedFilters({ project, search, onApply }: SavedFiltersProps) {
  const [isOpen, setOpen] = useState(false);
  const { data, error } = useQuery({ ...savedFiltersQuery(project), enabled: isOpen });
  const remove = useRemoveFilter(project);
  const current = toQuery(search);
  const filters = data?.items ?? [];
  return (
    <Popover
      title="Saved filters"
      showTitle
      align="end"
      open={isOpen}
      onOpenChange={setOpen}
      trigger={
        <Button icon={Bookmark}>
          <span className="max-sm:sr-only">Saved</span>
        </Button>
      }
    >
      {error !== null && <ErrorNote failure={failureOf(error)} />}
      {data !== undefined && filters.length === 0 && (
        <p className="mb-3 text-sm text-soft">
          You keep none yet. Narrow the list, then save the view here; only you see it.
        </p>
      )}
      <ul className="-mx-1 mb-3 flex flex-col empty:hidden">
        {filters.map((filter) => (
          <li key={filter.id} className="flex items-center gap-1">
            <button
              type="button"
              onClick={() => {
                onApply(fromQuery(filter.query));
                setOpen(false);
              }}
              className="flex h-8 min-w-0 flex-1 items-center gap-2 rounded-md px-2 text-left hover:bg-hover"
            >
              <Check
                className={cx('size-4 shrink-0 text-accent-text', filter.query !== current && 'invisible')}
                aria-hidden="true"
              />
              <span className="truncate">{filter.name}</span>
              {filter.query === current && <span className="sr-only">, the view you see</span>}
            </button>
            <IconButton
              label={`Remove ${filter.name}`}
              icon={Trash2}
              size="sm"
              loading={remove.isPending && remove.variables === filter.id}
              onClick={() => remove.mutate(filter.id)}
            />
          </li>
        ))}
      </ul>
      {remove.error !== null && <ErrorNote className="mb-3" failure={failureOf(remove.error)} />}
      <SaveForm project={project} query={current} known={filters.find(({ query }) => query === current)?.name} />
    </Popover>
  );
}

function SaveForm({
  project,
  query,
  known,
}: {
  readonly project: string;
  readonly query: string;
  readonly known: string | undefined;
}) {
  const save = useSaveFilter(project);
  const form = useForm({
    initial: { name: '' },
    check: ({ name }) => (name.trim() === '' ? { name: 'Write a name, such as “Mine, off in production”.' } : {}),
    send: async ({ name }) => {
      await save.mutateAsync({ name: name.trim(), query });
      form.reset({ name: '' });
    },
    explain: (error) => formFailure(error, { name: '$.name' }, { already_exists: 'name', limit_reached: 'name' }),
  });
  if (query === '') return <p className="text-sm text-faint">Search or filter, and the view can be saved.</p>;
  if (known !== undefined) return <p className="text-sm text-faint">This view is saved as “{known}”.</p>;
  return (
    <form {...form.props} className="flex flex-col gap-2 border-t pt-3">
      {form.failure !== null && <ErrorNote failure={form.failure} />}
      <Field label="Save this view as" error={form.errors.name}>
        <TextInput
          value={form.values.name}
          onChange={form.set('name')}
          maxLength={100}
          placeholder="Mine, off in production"
        />
      </Field>
      <Button type="submit" tone="primary" loading={form.isSending} className="self-end">
        Save
      </Button>
    </form>
  );
}
