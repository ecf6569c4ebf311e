/** The flags and segments whose conditions an evaluation looked at, as they are configured. */
import { type ConditionTrace, type ExplanationStep, KEY_PATTERN } from '@flaghoist/evaluator';
import type { EvaluationResource } from '@flaghoist/protocol/management';
import { parseCursor } from '@flaghoist/protocol/ruleset';
import { apiPath } from '../../management/api-path.ts';
import type { ManagementClient } from '../../management/management-client.ts';
import { type Owner, ownerName, type Owners } from '../../output/configured-conditions.ts';

/** They make the trace easier to read, and nobody waits long for that. */
const TIMEOUT_MS = 5_000;
const AT_ONCE = 4;
const KEY = new RegExp(KEY_PATTERN);

interface Place {
  readonly project: string;
  readonly environment: string;
}

/**
 * Reads each of them once, at most four at a time. Never throws: one that cannot be read, or that was changed after
 * the evaluation, is not among them. When the server does not answer any more, the others are not asked for.
 */
export async function readTraceOwners(
  client: ManagementClient,
  place: Place,
  { flag, steps = [], revision }: EvaluationResource,
): Promise<Owners> {
  const waiting = tracedOwners(steps as readonly ExplanationStep[], flag);
  const newest = parseCursor(revision)?.revision ?? 0;
  const owners = new Map<string, unknown>();
  const readInTurn = async (): Promise<void> => {
    const owner = waiting.shift();
    if (owner === undefined) return;
    const outcome = await readOwner(client, place, owner);
    if (!outcome.ok && outcome.refusal.kind !== 'problem') waiting.length = 0;
    if (outcome.ok && outcome.value.body.revision <= newest) owners.set(ownerName(owner), outcome.value.body);
    return readInTurn();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, readInTurn));
  return owners;
}

function readOwner(client: ManagementClient, { project, environment }: Place, { kind, key }: Owner) {
  return kind === 'flag'
    ? client.read(
        'FlagConfiguration',
        apiPath`/projects/${project}/environments/${environment}/flags/${key}`,
        TIMEOUT_MS,
      )
    : client.read('Segment', apiPath`/projects/${project}/environments/${environment}/segments/${key}`, TIMEOUT_MS);
}

/** Those that have a condition in the trace, each once. */
function tracedOwners(steps: readonly ExplanationStep[], flag: string): Owner[] {
  const found = new Map<string, Owner>();
  const addSteps = (inner: readonly ExplanationStep[], key: string): void => {
    for (const step of inner) {
      if (step.step === 'prerequisite') addSteps(step.steps, step.flag);
      if (step.step === 'rule') addConditions(step.conditions, { kind: 'flag', key });
    }
  };
  const addConditions = (traces: readonly ConditionTrace[], owner: Owner): void => {
    if (traces.length > 0 && KEY.test(owner.key)) found.set(ownerName(owner), owner);
    for (const trace of traces) {
      if (trace.condition === 'segment') addConditions(trace.conditions, { kind: 'segment', key: trace.segment });
      if (trace.condition === 'group') addConditions(trace.conditions, owner);
    }
  };
  addSteps(steps, flag);
  return [...found.values()];
}
