import type { ChangeResource } from '@flaghoist/protocol/management';
import { CommandFailure } from '../command-failure.ts';
import { EXIT } from '../exit-codes.ts';
import { apiPath } from './api-path.ts';
import type { ManagementClient, Reply, Written } from './management-client.ts';
import { failureOf, type Refusal, valueOf } from './refusal.ts';
import type { ResourceName, Resources } from './resources.ts';

/** Something that others edit too. */
export interface Editable<N extends ResourceName> {
  readonly resource: N;
  readonly path: string;
  /** For messages, e.g. `flag checkout in production`. */
  readonly name: string;
  /** The command that shows it. */
  readonly lookWith: string;
  /** Where to look who else changed it; only entities leave a trace that can be told apart. */
  readonly entity?: {
    readonly project: string;
    readonly environment: string;
    readonly kind: 'flag' | 'segment';
    readonly key: string;
  };
}

export interface ConditionalEdit<N extends ResourceName> extends Editable<N> {
  /** What to send, given what was read; null when it is so already. */
  readonly edit: (read: Resources[N]) => object | null;
  /** Whether the edit means the same on any revision, so that it may be repeated when somebody else was faster. */
  readonly isBlind: (edit: object) => boolean;
  /** The ETag that the edit was made on, when it is not the one just read. */
  readonly ifMatch?: string | undefined;
  readonly reason: string | undefined;
}

export type Edited<N extends ResourceName> =
  | { readonly changed: true; readonly written: Written<Resources[N]> }
  | { readonly changed: false; readonly resource: Resources[N] };

export interface Pause {
  random(): number;
  sleep(milliseconds: number): Promise<void>;
}

const MAX_RETRIES = 3;

/**
 * Reads, then writes with the ETag that was read. A blind edit that met another change is made again on the newer
 * revision, at most three times; any other is refused with who changed it.
 */
export async function editConditionally<N extends ResourceName>(
  client: ManagementClient,
  pause: Pause,
  edit: ConditionalEdit<N>,
): Promise<Edited<N>> {
  for (let retries = 0; ; retries++) {
    const read = valueOf(await client.read(edit.resource, edit.path));
    const body = edit.edit(read.body);
    if (body === null) return { changed: false, resource: read.body };
    const ifMatch = edit.ifMatch ?? etagOf(read, edit.name);
    const { path, reason } = edit;
    const outcome = await client.write(edit.resource, { method: 'PATCH', path, body, ifMatch, reason });
    if (outcome.ok) return { changed: true, written: outcome.value };
    if (!isOvertaken(outcome.refusal)) throw failureOf(outcome.refusal);
    const repeatable = edit.ifMatch === undefined && edit.isBlind(body);
    if (retries >= MAX_RETRIES || !repeatable) throw await overtaken(client, edit, ifMatch, outcome.refusal);
    await pause.sleep(20 + pause.random() * 80 * (retries + 1));
  }
}

/** Reads for the ETag, then archives. */
export async function archiveConditionally<N extends ResourceName>(
  client: ManagementClient,
  archive: Editable<N> & { readonly reason: string | undefined },
): Promise<Written<Resources[N]>> {
  const read = valueOf(await client.read(archive.resource, archive.path));
  const ifMatch = etagOf(read, archive.name);
  const path = `${archive.path}/archive`;
  const outcome = await client.write(archive.resource, { method: 'POST', path, ifMatch, reason: archive.reason });
  if (outcome.ok) return outcome.value;
  if (!isOvertaken(outcome.refusal)) throw failureOf(outcome.refusal);
  throw await overtaken(client, archive, ifMatch, outcome.refusal);
}

type Overtaken = Refusal & { readonly kind: 'problem' };

function isOvertaken(refusal: Refusal): refusal is Overtaken {
  return refusal.kind === 'problem' && refusal.status === 412;
}

function etagOf(read: Reply<unknown>, name: string): string {
  if (read.etag !== undefined) return read.etag;
  throw new CommandFailure(
    EXIT.failed,
    'etag_missing',
    `the server's answer for ${name} has no ETag, so it cannot be changed safely. Does a proxy remove the header?`,
  );
}

async function overtaken<N extends ResourceName>(
  client: ManagementClient,
  edited: Editable<N>,
  ifMatch: string,
  refusal: Overtaken,
): Promise<CommandFailure> {
  const change = await changeAfter(client, edited.entity, ifMatch);
  const who = change === undefined ? 'by somebody else' : describeChange(change);
  const message = `${edited.name} was changed ${who} after it was read.\nNothing was done. Look at it (${edited.lookWith}), then run the command again.`;
  return new CommandFailure(EXIT.conflict, refusal.problem.code, message, refusal.problem);
}

/** The newest change that wrote the entity after the revision that was read. */
async function changeAfter(
  client: ManagementClient,
  entity: Editable<ResourceName>['entity'],
  ifMatch: string,
): Promise<ChangeResource | undefined> {
  const read = Number(/^"(\d+)"$/.exec(ifMatch)?.[1]);
  if (entity === undefined || Number.isNaN(read)) return undefined;
  const { project, environment, kind, key } = entity;
  const changes = await client.readAll(
    'Change',
    apiPath`/projects/${project}/changes`,
    { environment, [kind]: key },
    1,
  );
  if (!changes.ok) return undefined;
  return changes.value.find(({ revisions }) =>
    revisions.some((one) => one.environment === environment && one.revision > read),
  );
}

function describeChange(change: ChangeResource): string {
  const reason = change.reason === null ? '' : `, ${JSON.stringify(change.reason)}`;
  return `by ${change.author} at ${change.at} (change ${change.id}${reason})`;
}
