import type {
  AuditVerdict,
  Candidate,
  ChangeEdits,
  ChangeResource,
  DeliveryResource,
  Environment,
  EvaluationCounts,
  EvaluationResource,
  FleetResource,
  Flag,
  FlagConfigurationResource,
  Project,
  SdkKey,
  SdkKeyCreated,
  SegmentResource,
  SegmentSummary,
  Status,
  Token,
  TokenCreated,
} from '@flaghoist/protocol/management';

/** What the management API answers, by its name in the API's OpenAPI document. */
export interface Resources {
  readonly AuditVerdict: AuditVerdict;
  readonly Candidate: Candidate;
  readonly CandidateDecision: { readonly change: string };
  readonly Change: ChangeResource;
  readonly ChangeEdits: ChangeEdits;
  readonly Delivery: DeliveryResource;
  readonly Environment: Environment;
  readonly Evaluation: EvaluationResource;
  readonly EvaluationCounts: EvaluationCounts;
  readonly Flag: Flag;
  readonly Fleet: FleetResource;
  readonly FlagConfiguration: FlagConfigurationResource;
  readonly Project: Project;
  readonly SdkKey: SdkKey;
  readonly SdkKeyCreated: SdkKeyCreated;
  readonly Segment: SegmentResource;
  readonly SegmentSummary: SegmentSummary;
  readonly Status: Status;
  readonly Token: Token;
  readonly TokenCreated: TokenCreated;
}

export type ResourceName = keyof Resources;
