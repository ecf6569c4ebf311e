/** How a write ends: what was written is printed, and waited for where that was asked. */
import { CommandFailure } from '../command-failure.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { WaitOptions } from '../invocation.ts';
import { apiPath } from '../management/api-path.ts';
import { type Awaited, awaitDelivery } from '../management/await-delivery.ts';
import { valueOf } from '../management/refusal.ts';
import type { Session } from '../session.ts';
import { deliveryText, progressText, unknownText } from '../output/delivery-text.ts';

export interface Report {
  readonly project: string;
  /** Undefined: nothing that a follower has was changed. */
  readonly awaited: (Awaited & { readonly isTried?: boolean }) | undefined;
  readonly resource: object;
  readonly text: () => string;
}

const TIMEOUT_MS = 30_000;
const DECISION_EVERY_MS = 1_000;
const CLEAR_LINE = '\r\u001B[K';

/** What was written is awaited by its change; without a change, what is there already. */
export function awaitedOf(
  written: { readonly change: string | undefined; readonly isTried: boolean } | undefined,
  environment?: string,
): (Awaited & { readonly isTried?: boolean }) | undefined {
  if (written?.change !== undefined) return { change: written.change, isTried: written.isTried };
  return environment === undefined ? undefined : { environment };
}

export async function reportWritten(session: Session, options: WaitOptions, report: Report): Promise<ExitCode> {
  const { reporter, host, client } = session;
  const { project, awaited, resource } = report;
  const isTried = awaited?.isTried === true;
  const text = isTried ? () => triedText(resource) : report.text;
  if (options.wait === undefined || awaited === undefined) {
    reporter.result(resource, text);
    return EXIT.ok;
  }
  const isHuman = reporter.output === 'human';
  if (isHuman) reporter.result(resource, text);
  if (isTried && 'change' in awaited) await decided(session, options, project, awaited.change);
  const shows = isHuman && host.stderr.isTTY;
  const { wait: share, waitTimeout: timeoutMs = TIMEOUT_MS } = options;
  const { end, environments } = await awaitDelivery(client, host, {
    project,
    awaited,
    share,
    timeoutMs,
    onProgress: (so) => {
      if (shows) host.stderr.write(`${CLEAR_LINE}${progressText(so)}`);
    },
  }).finally(() => {
    if (shows) host.stderr.write(CLEAR_LINE);
  });
  if (isHuman) host.stdout.write(deliveryText(environments));
  else reporter.result({ ...resource, delivery: { end, environments } }, () => '');
  if (end === 'delivered') return EXIT.ok;
  if (end === 'withheld') {
    const problems = environments.flatMap(({ environment, withheld }) =>
      withheld === null ? [] : [`${environment}: ${withheld}`],
    );
    throw new CommandFailure(EXIT.failed, 'withheld', `followers do not get it. ${problems.join('\n')}`);
  }
  const unknown = environments.flatMap((one) => {
    const why = unknownText(one);
    return why === null ? [] : [`${one.environment}: ${why}`];
  });
  if (unknown.length > 0)
    throw new CommandFailure(
      EXIT.notEverywhere,
      'not_everywhere',
      `it is written, and after ${timeoutMs / 1_000} s the server did not know who has it. ${unknown.join('; ')}. Look at the processes with the role worker, and at the limits of the edges.`,
    );
  throw new CommandFailure(
    EXIT.notEverywhere,
    'not_everywhere',
    `it is written, and fewer than ${share * 100} % of the live followers had it after ${timeoutMs / 1_000} s.`,
  );
}

/** `resource`: the change. */
function triedText(resource: object): string {
  const { id = '' } = resource as { readonly id?: string };
  return `Change ${id} is being tried on canary edges, and is published once it was healthy there. flaghoist candidates show says how it does.\n`;
}

/** Waits until what is tried was promoted. Fails when it is withdrawn, or not decided in time. */
async function decided(
  { client, host }: Session,
  options: WaitOptions,
  project: string,
  change: string,
): Promise<void> {
  const { waitTimeout: timeoutMs = TIMEOUT_MS } = options;
  const until = host.now() + timeoutMs;
  for (;;) {
    const { state } = valueOf(await client.read('Change', apiPath`/projects/${project}/changes/${change}`)).body;
    if (state === 'applied') return;
    if (state === 'refused')
      throw new CommandFailure(EXIT.failed, 'withdrawn', 'it was withdrawn. flaghoist candidates show says why.');
    if (host.now() > until)
      throw new CommandFailure(
        EXIT.notEverywhere,
        'not_everywhere',
        `after ${timeoutMs / 1_000} s it is still being tried. flaghoist candidates show says what is waited for; --wait-timeout waits longer.`,
      );
    await host.sleep(DECISION_EVERY_MS);
  }
}
