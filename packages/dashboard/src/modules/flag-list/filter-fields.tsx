import { ArrowDownNarrowWide, ArrowDownWideNarrow } from 'lucide-react';
import { FLAG_TYPE_WORDS } from '../../api/flag-type-words.ts';
import type { FlagFacets } from '../../api/openapi.d.ts';
import { Combobox } from '../../ui/combobox.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import type { Option } from '../../ui/option.ts';
import { Select } from '../../ui/select.tsx';
import { type FlagKind, type FlagSearch, type Sort, usualOrder } from './flag-search.ts';
import type { SearchChange } from './use-flag-search.ts';

export interface FilterFieldsProps {
  readonly search: FlagSearch;
  readonly onChange: (change: SearchChange) => void;
  readonly facets: FlagFacets | undefined;
  /** Name of the environment whose state is filtered by; null: there is none. */
  readonly environment: string | null;
}

const ANY = '';
const SORT_WORDS: Readonly<Record<Sort, string>> = {
  key: 'By key',
  name: 'By name',
  created: 'Newest',
  changed: 'Recently changed',
};
const KINDS: readonly FlagKind[] = ['boolean', 'string', 'number', 'object'];

/** What narrows and orders the list, beside the search. */
export function FilterFields({ search, onChange, facets, environment }: FilterFieldsProps) {
  const sort = search.sort ?? 'key';
  const order = search.order ?? usualOrder(sort);
  return (
    <>
      <Combobox
        value={search.tag ?? ANY}
        onChange={(tag) => onChange({ tag: tag ?? ANY })}
        options={facetOptions('Any tag', facets?.tags ?? [])}
        allowNew={false}
        empty="No tag like this."
        aria-label="Tag"
        className="w-full lg:w-36"
      />
      <Combobox
        value={search.owner ?? ANY}
        onChange={(owner) => onChange({ owner: owner ?? ANY })}
        options={facetOptions('Any owner', facets?.owners ?? [])}
        empty="No owner like this."
        aria-label="Owner"
        className="w-full lg:w-40"
      />
      <Select
        value={search.type ?? ANY}
        onChange={(type) => onChange({ type: type === ANY ? undefined : type })}
        options={[
          { value: ANY, label: 'Any type' },
          ...KINDS.map((kind) => ({ value: kind, label: FLAG_TYPE_WORDS[kind] })),
        ]}
        aria-label="Type"
        className="w-full lg:w-32"
      />
      {environment !== null && (
        <Select
          value={search.state ?? ANY}
          onChange={(state) => onChange({ state: state === ANY ? undefined : state })}
          options={[
            { value: ANY, label: 'On or off' },
            { value: 'on', label: `On in ${environment}` },
            { value: 'off', label: `Off in ${environment}` },
          ]}
          aria-label={`State in ${environment}`}
          className="w-full lg:w-44"
        />
      )}
      <Select
        value={search.lifecycle ?? ANY}
        onChange={(lifecycle) => onChange({ lifecycle: lifecycle === ANY ? undefined : 'archived' })}
        options={[
          { value: ANY, label: 'Active' },
          { value: 'archived', label: 'Archived' },
        ]}
        aria-label="Active or archived"
        className="w-full lg:w-28"
      />
      <div className="flex gap-1 lg:ml-auto">
        <Select
          value={sort}
          onChange={(next) => onChange({ sort: next, order: undefined })}
          options={(Object.keys(SORT_WORDS) as Sort[]).map((value) => ({ value, label: SORT_WORDS[value] }))}
          aria-label="Order"
          className="w-full lg:w-44"
        />
        <IconButton
          label={order === 'asc' ? 'Turn the order round (now ascending)' : 'Turn the order round (now descending)'}
          icon={order === 'asc' ? ArrowDownNarrowWide : ArrowDownWideNarrow}
          onClick={() => onChange({ order: order === 'asc' ? 'desc' : 'asc' })}
        />
      </div>
    </>
  );
}

function facetOptions(
  any: string,
  values: readonly { readonly value: string; readonly count: number }[],
): readonly Option[] {
  return [
    { value: ANY, label: any },
    ...values.map(({ value, count }) => ({
      value,
      label: value,
      hint: count === 1 ? '1 flag' : `${count.toLocaleString('en')} flags`,
    })),
  ];
}
