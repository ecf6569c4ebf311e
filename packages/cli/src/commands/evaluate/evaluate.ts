import type { EvaluationResource } from '@flaghoist/protocol/management';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { type ContextOptions, evaluationContext } from '../../input/evaluation-context.ts';
import { checkKey } from '../../input/key.ts';
import type { EnvironmentOptions, Invocation, ServerOptions } from '../../invocation.ts';
import { apiPath } from '../../management/api-path.ts';
import { valueOf } from '../../management/refusal.ts';
import type { Owners } from '../../output/configured-conditions.ts';
import { explanationText } from '../../output/explanation-text.ts';
import type { Reporter } from '../../output/reporter.ts';
import { openSession } from '../../session.ts';
import { readTraceOwners } from './trace-owners.ts';

/** Succeeds exactly when the flag could be evaluated: an answer with an error code is printed, and is a failure. */
export async function evaluate(
  invocation: Invocation<ServerOptions & EnvironmentOptions & ContextOptions & { readonly explain?: boolean }>,
): Promise<ExitCode> {
  const { options, args } = invocation;
  const project = checkKey(options.project, 'project');
  const environment = checkKey(options.environment, 'environment');
  const flag = checkKey(args[0] ?? '', 'flag');
  const context = evaluationContext(options);
  const asked = { flag, context, ...(options.explain === true ? { explain: true } : {}) };
  const { client, reporter } = await openSession(invocation);
  const path = apiPath`/projects/${project}/environments/${environment}/evaluate`;
  const { body } = valueOf(await client.ask('Evaluation', path, asked));
  const isShown = reporter.output === 'human';
  const owners: Owners = isShown ? await readTraceOwners(client, { project, environment }, body) : new Map();
  reporter.result(body, () => describe(body, owners, reporter));
  if (body.errorCode === undefined) return EXIT.ok;
  return body.errorCode === 'FLAG_NOT_FOUND' ? EXIT.notFound : EXIT.failed;
}

function describe(evaluation: EvaluationResource, owners: Owners, reporter: Reporter): string {
  const { flag, value, variant, reason, rule, errorCode, errorMessage, revision, steps } = evaluation;
  const answer = reporter.list([
    ['value', variant === undefined ? 'none (the application’s default)' : JSON.stringify(value)],
    ['variant', variant ?? 'none'],
    ['reason', reason],
    ['rule', rule ?? 'none'],
    ...(errorCode === undefined ? [] : [['error', [errorCode, errorMessage].filter(Boolean).join(': ')] as const]),
    ['revision', revision],
  ]);
  return steps === undefined ? answer : `${answer}\n${explanationText(flag, steps, owners)}`;
}
