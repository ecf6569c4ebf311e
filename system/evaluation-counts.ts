/** What came back: how often which answer was given. */
import type { ManagementApi, Status } from './management-api.ts';
import { until } from './until.ts';

export interface EvaluationCounts {
  readonly items: readonly {
    readonly flag: string;
    readonly variant: string | null;
    readonly reason: string;
    readonly rule: string | null;
    readonly count: number;
  }[];
  /** Of the last hour, all flags. */
  readonly evaluations: number;
  readonly missing: number;
  readonly dropped: number;
}

/**
 * The counts of an environment once nothing is under way any more and at least `made` evaluations were counted. Compare
 * with `made`: there may be too many. A path begins below `/api/v1`.
 */
export function awaitCounts(api: ManagementApi, environmentPath: string, made: number): Promise<EvaluationCounts> {
  return until(`${made} counted evaluations`, 30_000, async () => {
    const { exposures } = await api.get<Status>('/status');
    if (exposures.spooled > 0 || exposures.queued !== 0) return undefined;
    const counts = await api.get<EvaluationCounts>(`${environmentPath}/evaluations`);
    return counts.evaluations >= made ? counts : undefined;
  });
}
