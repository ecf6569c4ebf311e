import type { Condition } from '@flaghoist/evaluator';
import type { SegmentCreate, SegmentEdit, SegmentResource } from '@flaghoist/protocol/management';
import { wrongUse } from '../../command-failure.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { type JsonObject, parseJsonObject, pickMembers, readJsonObject } from '../../input/json-input.ts';
import { checkKey } from '../../input/key.ts';
import { splitList } from '../../input/option-values.ts';
import type { EnvironmentOptions, Invocation, ServerOptions, WaitOptions, WriteOptions } from '../../invocation.ts';
import { apiPath } from '../../management/api-path.ts';
import { archiveConditionally, editConditionally } from '../../management/conditional-edit.ts';
import { valueOf } from '../../management/refusal.ts';
import { nowAt, setText } from '../../output/change-text.ts';
import { describeCondition } from '../../output/condition-text.ts';
import { plainText } from '../../output/plain-text.ts';
import type { Reporter } from '../../output/reporter.ts';
import { openSession } from '../../session.ts';
import { awaitedOf, reportWritten } from '../report-written.ts';

interface MemberOptions extends WriteOptions, WaitOptions, EnvironmentOptions {
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly condition?: readonly string[];
  readonly file?: string;
}

interface Place {
  readonly project: string;
  readonly environment: string;
  readonly key: string;
  readonly path: string;
  readonly name: string;
  readonly lookWith: string;
}

export async function listSegments(
  invocation: Invocation<ServerOptions & EnvironmentOptions & { readonly search?: string }>,
): Promise<ExitCode> {
  const project = checkKey(invocation.options.project, 'project');
  const environment = checkKey(invocation.options.environment, 'environment');
  const { client, reporter } = await openSession(invocation);
  const path = apiPath`/projects/${project}/environments/${environment}/segments`;
  const segments = valueOf(await client.readAll('SegmentSummary', path, { q: invocation.options.search }));
  reporter.result(segments, () =>
    segments.length === 0
      ? `No segments. Make one: flaghoist segments create staff -p ${project} -e ${environment} --include ann,bob\n`
      : reporter.table(
          ['KEY', 'INCLUDED', 'EXCLUDED', 'CONDITIONS', 'REVISION', 'CHANGED'],
          segments.map((one) =>
            [one.key, one.included, one.excluded, one.conditions, one.revision, one.changedAt].map(String),
          ),
        ),
  );
  return EXIT.ok;
}

export async function getSegment(invocation: Invocation<ServerOptions & EnvironmentOptions>): Promise<ExitCode> {
  const { path } = placeOf(invocation);
  const { client, reporter } = await openSession(invocation);
  const { body } = valueOf(await client.read('Segment', path));
  reporter.result(body, () => describe(body, reporter));
  return EXIT.ok;
}

export async function createSegment(invocation: Invocation<MemberOptions>): Promise<ExitCode> {
  const { project, environment, key, name } = placeOf(invocation);
  const { edit } = await readMembers(invocation, key);
  const session = await openSession(invocation);
  const { client, reason } = session;
  const path = apiPath`/projects/${project}/environments/${environment}/segments`;
  const body: SegmentCreate = { key, ...edit };
  const written = valueOf(await client.write('Segment', { method: 'POST', path, body, reason }));
  return reportWritten(session, invocation.options, {
    project,
    awaited: awaitedOf(written),
    resource: written.body,
    text: () => plainText(`Created ${name}.${nowAt(written.revisions)}`) + '\n',
  });
}

export async function setSegment(invocation: Invocation<MemberOptions>): Promise<ExitCode> {
  const place = placeOf(invocation);
  const { edit, file } = await readMembers(invocation, place.key);
  if (Object.keys(edit).length === 0) {
    throw wrongUse('there is nothing to set. Give --include, --exclude, --condition or --file.');
  }
  const session = await openSession(invocation);
  const { client, reason, host } = session;
  const edited = await editConditionally(client, host, {
    resource: 'Segment',
    ...place,
    edit: () => edit,
    isBlind: () => false,
    ifMatch: file === undefined ? undefined : revisionOf(file, place),
    reason,
    entity: { ...place, kind: 'segment' },
  });
  const segment = edited.changed ? edited.written.body : edited.resource;
  const revisions = edited.changed ? edited.written.revisions : [];
  return reportWritten(session, invocation.options, {
    project: place.project,
    awaited: awaitedOf(edited.changed ? edited.written : undefined, place.environment),
    resource: segment,
    text: () => plainText(setText(`Segment ${place.key} in ${place.environment}`, revisions, segment.revision)) + '\n',
  });
}

export async function archiveSegment(
  invocation: Invocation<WriteOptions & WaitOptions & EnvironmentOptions>,
): Promise<ExitCode> {
  const place = placeOf(invocation);
  const session = await openSession(invocation);
  const { client, reason } = session;
  const entity = { ...place, kind: 'segment' } as const;
  const written = await archiveConditionally(client, {
    resource: 'Segment',
    ...place,
    reason,
    entity,
  });
  return reportWritten(session, invocation.options, {
    project: place.project,
    awaited: awaitedOf(written),
    resource: written.body,
    text: () => plainText(`Archived ${place.name}.${nowAt(written.revisions)}`) + '\n',
  });
}

function placeOf({ args, options }: Invocation<EnvironmentOptions>): Place {
  const project = checkKey(options.project, 'project');
  const environment = checkKey(options.environment, 'environment');
  const key = checkKey(args[0] ?? '', 'segment');
  return {
    project,
    environment,
    key,
    path: apiPath`/projects/${project}/environments/${environment}/segments/${key}`,
    name: `segment ${key} in ${environment}`,
    lookWith: `flaghoist segments get ${key} -p ${project} -e ${environment}`,
  };
}

async function readMembers(
  { host, options }: Invocation<MemberOptions>,
  key: string,
): Promise<{ readonly edit: SegmentEdit; readonly file: JsonObject | undefined }> {
  const file = options.file === undefined ? undefined : await readJsonObject(host, options.file);
  if (file !== undefined && file['key'] !== undefined && file['key'] !== key) {
    throw wrongUse(`--file is of segment ${JSON.stringify(file['key'])}, not ${key}.`);
  }
  const base = file === undefined ? {} : pickMembers(file, ['included', 'excluded', 'conditions'], PLACE_MEMBERS);
  const { include, exclude, condition } = options;
  const edit = {
    ...base,
    ...(include === undefined ? {} : { included: keysOf(include) }),
    ...(exclude === undefined ? {} : { excluded: keysOf(exclude) }),
    ...(condition === undefined ? {} : { conditions: condition.map((json) => parseJsonObject(json, '--condition')) }),
  };
  return { edit, file };
}

/** What `segments get --output json` prints besides; checked, not sent. */
const PLACE_MEMBERS = ['project', 'environment', 'key', 'revision'];

function keysOf(lists: readonly string[]): string[] {
  return [...new Set(lists.flatMap((list) => splitList(list)))];
}

/** A file that was taken from this very segment is a change of that revision; any other is copied. */
function revisionOf(file: JsonObject, { project, environment }: Place): string | undefined {
  const isOther = (file['project'] ?? project) !== project || (file['environment'] ?? environment) !== environment;
  return !isOther && Number.isSafeInteger(file['revision']) ? `"${String(file['revision'])}"` : undefined;
}

const SHOWN_KEYS = 20;

function describe(segment: SegmentResource, reporter: Reporter): string {
  const conditions = segment.conditions as readonly Condition[];
  return reporter.list([
    ['key', segment.key],
    ['environment', `${segment.environment} of ${segment.project}`],
    ['included', shortened(segment.included)],
    ['excluded', shortened(segment.excluded)],
    ...conditions.map((condition) => ['condition', describeCondition(condition)] as const),
    ['revision', String(segment.revision)],
  ]);
}

function shortened(keys: readonly string[]): string {
  const more = keys.length > SHOWN_KEYS ? `, and ${keys.length - SHOWN_KEYS} more (--output json shows all)` : '';
  return keys.length === 0 ? 'nobody' : keys.slice(0, SHOWN_KEYS).join(', ') + more;
}
