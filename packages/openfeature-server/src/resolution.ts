/** Evaluations as OpenFeature's resolution details. */
import type { Evaluation, FlagType } from '@flaghoist/evaluator';
import { ErrorCode, type FlagMetadata, type ResolutionDetails } from '@openfeature/server-sdk';

/** Where the ruleset that answered stood. */
export interface Answered {
  readonly epoch: number;
  readonly revision: number;
  readonly stale: boolean;
}

export const NOT_READY_MESSAGE = 'There is no ruleset yet: no server could be reached and no file holds one.';

/** What an evaluation says to a caller who expects a type: the value, or the default with what was wrong. */
export function toResolution<T>(
  type: FlagType,
  flagKey: string,
  defaultValue: T,
  evaluation: Evaluation,
  answered: Answered,
): ResolutionDetails<T> {
  const { value, variant, reason, errorCode, errorMessage } = evaluation;
  const flagMetadata = metadataOf(evaluation, answered);
  if (errorCode !== undefined)
    return {
      value: defaultValue,
      reason,
      errorCode: ErrorCode[errorCode],
      ...(errorMessage === undefined ? {} : { errorMessage }),
      flagMetadata,
    };
  if (value === undefined) return { value: defaultValue, reason, flagMetadata };
  if (!isOfType(type, value))
    return {
      value: defaultValue,
      reason: 'ERROR',
      errorCode: ErrorCode.TYPE_MISMATCH,
      errorMessage: `The flag ${flagKey} does not have values of type ${type}.`,
      flagMetadata,
    };
  return { value: value as T, ...(variant === undefined ? {} : { variant }), reason, flagMetadata };
}

export function notReady<T>(defaultValue: T): ResolutionDetails<T> {
  return {
    value: defaultValue,
    reason: 'ERROR',
    errorCode: ErrorCode.PROVIDER_NOT_READY,
    errorMessage: NOT_READY_MESSAGE,
  };
}

export function isOfType(type: FlagType, value: unknown): boolean {
  return typeof value === type && value !== null;
}

function metadataOf({ rule }: Evaluation, { epoch, revision, stale }: Answered): FlagMetadata {
  const metadata: FlagMetadata = { revision, epoch };
  if (rule !== undefined) metadata['rule'] = rule;
  if (stale) metadata['stale'] = true;
  return metadata;
}
