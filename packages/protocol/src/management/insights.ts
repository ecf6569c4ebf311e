/** How often flags are evaluated, over time. */
import { type Static, Type } from 'typebox';
import { closed, Key, Timestamp } from './basis.ts';

export const SERIES_LIMITS = { buckets: 1_500, flags: 10, variants: 20 } as const;
export const SeriesStepSchema = Type.Enum(['minute', 'hour', 'day']);

/** Dense, in order. */
function pointsOf(what: string) {
  return Type.Array(Type.Array(Type.Integer({ minimum: 0 }), { minItems: 2, maxItems: 2 }), {
    description: `${what} Pairs of a bucket’s beginning, in seconds since 1970, and a count; every bucket is there.`,
  });
}

export const EvaluationSeriesSchema = Type.Object(
  {
    from: Timestamp,
    to: Type.String({
      description: 'RFC 3339, UTC. `from` and `to` are those that were asked for, widened to whole buckets.',
    }),
    step: SeriesStepSchema,
    keptSince: Type.String({
      description:
        'RFC 3339. Since when counts of this step are kept: of what is older, nothing or a part is in the answer.',
    }),
    series: Type.Array(
      Type.Object(
        {
          flag: Type.Union([Type.String(), Type.Null()], { description: 'Null: the rest, together.' }),
          variant: Type.Union([Type.String(), Type.Null()], {
            description: 'When one flag was asked for. Null: the code’s own default was used.',
          }),
          points: pointsOf('Evaluations that succeeded.'),
        },
        closed,
      ),
      {
        description: `Largest first: the variants of the flag that was asked for (${SERIES_LIMITS.variants} at most), else the ${SERIES_LIMITS.flags} flags that are evaluated most; then the rest, if there is one.`,
      },
    ),
    errors: pointsOf('Evaluations that failed, of all that were asked for; they are in no series.'),
    missing: Type.Integer({ minimum: 0, description: 'Batches that senders numbered and that have not arrived.' }),
    dropped: Type.Integer({ minimum: 0, description: 'Evaluations that senders say they had to drop.' }),
    updatedAt: Type.Union([Timestamp, Type.Null()], {
      description: 'When something was last counted in the environment. Null: never.',
    }),
  },
  { $id: 'EvaluationSeries', ...closed },
);

export const FlagActivitySchema = Type.Object(
  {
    environments: Type.Array(
      Type.Object(
        {
          environment: Key,
          lastEvaluatedAt: Type.Union([Timestamp, Type.Null()], {
            description: 'To the minute, by the clock of whoever evaluated. Null: never.',
          }),
          evaluations: Type.Integer({ minimum: 0, description: 'Of the last 24 hours.' }),
        },
        closed,
      ),
    ),
  },
  { $id: 'FlagActivity', ...closed },
);

export type SeriesStep = Static<typeof SeriesStepSchema>;
export type EvaluationSeries = Static<typeof EvaluationSeriesSchema>;
export type FlagActivity = Static<typeof FlagActivitySchema>;
