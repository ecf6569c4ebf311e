import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { Flag } from '../../../api/openapi.d.ts';
import { changesQuery } from '../../../api/queries/history.ts';
import { activityQuery } from '../../../api/queries/insights.ts';
import { Skeleton } from '../../../ui/skeleton.tsx';
import { TimeText } from '../../../ui/time-text.tsx';
import { Fact } from './fact.tsx';

/** When it was made, who touched it last, and whether anybody still asks for it here. `environment` null: it is in none. */
export function Lifecycle({ flag, environment }: { readonly flag: Flag; readonly environment: string | null }) {
  const { project, key } = flag;
  const changes = useInfiniteQuery(changesQuery(project, { flag: key }));
  const [last] = changes.data?.pages[0]?.items ?? [];
  return (
    <>
      <Fact name="Created">
        <TimeText at={flag.createdAt} />
      </Fact>
      {(last !== undefined || changes.isPending) && (
        <Fact name="Changed">
          {last === undefined ? (
            <Skeleton className="h-4 w-32" />
          ) : (
            <>
              <TimeText at={last.at} /> <span className="text-faint">by</span> {last.author}
            </>
          )}
        </Fact>
      )}
      {environment !== null && <Evaluated flag={flag} environment={environment} />}
    </>
  );
}

function Evaluated({ flag, environment }: { readonly flag: Flag; readonly environment: string }) {
  const activity = useQuery({ ...activityQuery(flag.project, flag.key), refetchInterval: 60_000 });
  const here = activity.data?.environments.find((one) => one.environment === environment);
  return (
    <Fact name={`Evaluated in ${environment}`}>
      {activity.isPending ? (
        <Skeleton className="h-4 w-20" />
      ) : here?.lastEvaluatedAt == null ? (
        <span className="text-faint">never</span>
      ) : (
        <>
          <TimeText at={here.lastEvaluatedAt} />
          {here.evaluations > 0 && (
            <span className="text-faint nums">({here.evaluations.toLocaleString('en')} today)</span>
          )}
        </>
      )}
    </Fact>
  );
}
