import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { ArrowLeftRight, ArrowRight, GitCompareArrows } from 'lucide-react';
import { useReducer, useState } from 'react';
import { environmentOptions } from '../../api/environment-options.ts';
import { failureOf } from '../../api/problem.ts';
import { comparisonQuery } from '../../api/queries/comparison.ts';
import { environmentsQuery } from '../../api/queries/projects.ts';
import { useMyRights } from '../../api/queries/rights.ts';
import { isAtLeast } from '../../api/rights.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { LinkButton } from '../../ui/link-button.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Select } from '../../ui/select.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { ComparisonList } from './comparison-list.tsx';
import { PromoteDialog } from './promote-dialog.tsx';
import { choosePair } from './pair.ts';
import { NOTHING_CHOSEN, select } from './promotion.ts';

const HERE = '/projects/$project/compare';

/** Two environments side by side, and taking what is in one over to the other. */
export function ComparePage() {
  const { project } = useParams({ from: HERE });
  const { from, to } = useSearch({ from: HERE });
  const navigate = useNavigate();
  const rights = useMyRights();
  const onPair = (search: Pair): void =>
    void navigate({ to: '/projects/$project/compare', params: { project }, search, replace: true });
  const environments = useQuery(environmentsQuery(project));
  const living = (environments.data ?? []).filter(({ archivedAt }) => archivedAt === null);
  const pair = choosePair(
    living.map(({ key }) => key),
    { from, to },
  );
  return (
    <>
      <PageHeader
        title="Compare"
        description="See what is not the same in two environments, and promote what has proved itself in one to the other."
        actions={pair !== null && <PairChoice environments={living} pair={pair} onPair={onPair} />}
      />
      {environments.isError && <ErrorNote failure={failureOf(environments.error)} />}
      {environments.isPending && <SkeletonRows count={6} height={56} />}
      {environments.isSuccess && pair === null && (
        <EmptyState
          drawing={<GitCompareArrows className="size-10" strokeWidth={1.25} />}
          title="There is only one environment"
          action={
            <LinkButton to="/projects/$project/environments" params={{ project }}>
              Go to Environments
            </LinkButton>
          }
        >
          Comparing needs two: for example one where you try things and one for your users. Create another under
          Environments.
        </EmptyState>
      )}
      {pair !== null && (
        <Comparison
          key={`${pair.from} ${pair.to}`}
          project={project}
          pair={pair}
          mayEdit={isAtLeast(rights.inEnvironment(project, pair.to), 'editor')}
        />
      )}
    </>
  );
}

interface Pair {
  readonly from: string;
  readonly to: string;
}

function PairChoice({
  environments,
  pair,
  onPair,
}: {
  readonly environments: readonly { readonly key: string; readonly name: string }[];
  readonly pair: Pair;
  readonly onPair: (pair: Pair) => void;
}) {
  const options = environmentOptions(environments);
  const swapped = { from: pair.to, to: pair.from };
  const choose = (side: Partial<Pair>): void => {
    const next = { ...pair, ...side };
    onPair(next.from === next.to ? swapped : next);
  };
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Select aria-label="Promote from" value={pair.from} options={options} onChange={(from) => choose({ from })} />
      <ArrowRight className="size-4 text-faint" aria-hidden="true" />
      <Select aria-label="Promote to" value={pair.to} options={options} onChange={(to) => choose({ to })} />
      <IconButton icon={ArrowLeftRight} label="Swap the two" onClick={() => onPair(swapped)} />
    </div>
  );
}

function Comparison({
  project,
  pair,
  mayEdit,
}: {
  readonly project: string;
  readonly pair: Pair;
  readonly mayEdit: boolean;
}) {
  const found = useQuery(comparisonQuery(project, pair.from, pair.to));
  const [selection, choose] = useReducer(select, NOTHING_CHOSEN);
  const [isPromoting, setPromoting] = useState(false);
  if (found.isPending) return <SkeletonRows count={8} height={56} />;
  if (found.isError)
    return (
      <ErrorNote
        failure={failureOf(found.error)}
        action={<Button onClick={() => void found.refetch()}>Try again</Button>}
      />
    );
  const { items, same, more } = found.data;
  if (items.length === 0) return <NothingDiffers pair={pair} same={same} />;
  const count = [...selection.keys()].length;
  return (
    <div className="grid gap-4">
      {!mayEdit && (
        <Callout title={`You may look at ${pair.to}, not change it`}>Promoting needs the role editor there.</Callout>
      )}
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="text-soft" role="status">
          {items.length + more} {items.length + more === 1 ? 'differs' : 'differ'}, {same} the same
          {more > 0 && `; the first ${items.length} are shown`}
        </p>
        {mayEdit && (
          <div className="flex gap-2">
            {count > 0 && (
              <Button tone="ghost" onClick={() => choose({ type: 'clear' })}>
                Choose none
              </Button>
            )}
            <Button onClick={() => choose({ type: 'choose', items })}>Choose all</Button>
            <Button tone="primary" disabled={count === 0} onClick={() => setPromoting(true)}>
              {count === 0 ? 'Promote' : `Promote ${count} to ${pair.to}`}
            </Button>
          </div>
        )}
      </div>
      <Card flush>
        <ComparisonList
          project={project}
          pair={pair}
          items={items}
          selection={selection}
          onSelect={mayEdit ? choose : null}
        />
      </Card>
      {isPromoting && (
        <PromoteDialog
          project={project}
          comparison={found.data}
          selection={selection}
          onSelect={choose}
          onClose={() => setPromoting(false)}
          onDone={() => {
            setPromoting(false);
            choose({ type: 'clear' });
          }}
        />
      )}
    </div>
  );
}

function NothingDiffers({ pair, same }: { readonly pair: Pair; readonly same: number }) {
  return (
    <EmptyState
      drawing={<GitCompareArrows className="size-10" strokeWidth={1.25} />}
      title={`${pair.from} and ${pair.to} are the same`}
    >
      {same === 0
        ? 'Neither holds a flag or a segment yet.'
        : `All ${same.toLocaleString('en')} flags and segments have the same configuration in both.`}{' '}
      Change something in {pair.from}, and it will stand here.
    </EmptyState>
  );
}
