import type { FlagConfigurationEdit, FlagEdit } from '@flaghoist/protocol/management';
import { wrongUse } from '../../command-failure.ts';
import type { ExitCode } from '../../exit-codes.ts';
import {
  checkCombination,
  configurationEdit,
  type ConfigurationOptions,
  isBlind,
  parseVariants,
} from '../../input/flag-configuration-edit.ts';
import { type JsonObject, pickMembers, readJsonObject } from '../../input/json-input.ts';
import { checkKey } from '../../input/key.ts';
import type { Invocation, ProjectOptions, WaitOptions, WriteOptions } from '../../invocation.ts';
import { apiPath } from '../../management/api-path.ts';
import { editConditionally } from '../../management/conditional-edit.ts';
import { nowAt, setText } from '../../output/change-text.ts';
import { plainText } from '../../output/plain-text.ts';
import { openSession } from '../../session.ts';
import { awaitedOf, reportWritten } from '../report-written.ts';

interface SetOptions extends WriteOptions, WaitOptions, ProjectOptions, ConfigurationOptions {
  readonly environment?: string;
  readonly file?: string;
  readonly name?: string;
  readonly description?: string;
  readonly owner?: string;
  readonly tag?: readonly string[];
}

const IN_ENVIRONMENT = [
  'file',
  'enabled',
  'clientVisible',
  'offVariant',
  'default',
  'rollout',
  'salt',
  'attribute',
  'prerequisite',
  'addRule',
  'removeRule',
  'target',
] as const satisfies readonly (keyof SetOptions)[];
const IN_PROJECT = ['name', 'description', 'owner', 'tag'] as const satisfies readonly (keyof SetOptions)[];

const CONFIGURATION_MEMBERS = [
  'enabled',
  'variants',
  'offVariant',
  'clientVisible',
  'prerequisites',
  'targets',
  'rules',
  'default',
];
/** What `flags get --output json` prints besides; checked, not sent. */
const PLACE_MEMBERS = ['project', 'environment', 'key', 'type', 'revision'];

export async function setFlag(invocation: Invocation<SetOptions>): Promise<ExitCode> {
  const { options, args } = invocation;
  const project = checkKey(options.project, 'project');
  const key = checkKey(args[0] ?? '', 'flag');
  if (options.environment === undefined) return setInProject(invocation, project, key);
  return setInEnvironment(invocation, { project, environment: checkKey(options.environment, 'environment'), key });
}

async function setInProject(invocation: Invocation<SetOptions>, project: string, key: string): Promise<ExitCode> {
  const { options } = invocation;
  const misplaced = IN_ENVIRONMENT.find((name) => options[name] !== undefined);
  if (misplaced !== undefined) throw wrongUse(`${optionOf(misplaced)} is of one environment: name it with -e.`);
  const edit: FlagEdit = {
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(options.description === undefined ? {} : { description: options.description }),
    ...(options.owner === undefined ? {} : { owner: options.owner }),
    ...(options.tag === undefined ? {} : { tags: options.tag.filter((tag) => tag !== '') }),
    ...(options.variant === undefined ? {} : { addVariants: parseVariants(options.variant) }),
  };
  if (Object.keys(edit).length === 0) throw nothingToSet();
  const session = await openSession(invocation);
  const { client, reason, host } = session;
  const edited = await editConditionally(client, host, {
    resource: 'Flag',
    path: apiPath`/projects/${project}/flags/${key}`,
    name: `flag ${key} of ${project}`,
    edit: () => edit,
    isBlind: () => false,
    reason,
    lookWith: `flaghoist flags get ${key} -p ${project}`,
  });
  const flag = edited.changed ? edited.written.body : edited.resource;
  const revisions = edited.changed ? edited.written.revisions : [];
  return reportWritten(session, options, {
    project,
    awaited: revisions.length === 0 ? undefined : awaitedOf(edited.changed ? edited.written : undefined),
    resource: flag,
    text: () => plainText(`Flag ${key} of ${project} is set (version ${flag.version}).${nowAt(revisions)}`) + '\n',
  });
}

interface Place {
  readonly project: string;
  readonly environment: string;
  readonly key: string;
}

async function setInEnvironment(invocation: Invocation<SetOptions>, place: Place): Promise<ExitCode> {
  const { options, host } = invocation;
  const { project, environment, key } = place;
  const misplaced = IN_PROJECT.find((name) => options[name] !== undefined);
  if (misplaced !== undefined) {
    throw wrongUse(
      `${optionOf(misplaced)} is of the flag in every environment: leave out -e, and give it a command of its own.`,
    );
  }
  checkCombination(options);
  const file = options.file === undefined ? undefined : await readJsonObject(host, options.file);
  const base =
    file === undefined ? {} : (pickMembers(file, CONFIGURATION_MEMBERS, PLACE_MEMBERS) as FlagConfigurationEdit);
  const asked = IN_ENVIRONMENT.some((name) => options[name] !== undefined) || options.variant !== undefined;
  if (!asked || (file !== undefined && Object.keys(base).length === 0)) throw nothingToSet();
  const session = await openSession(invocation);
  const { client, reason } = session;
  const newRuleId = (): string => `rule-${host.randomUuid().slice(0, 8)}`;
  const edited = await editConditionally(client, host, {
    resource: 'FlagConfiguration',
    path: apiPath`/projects/${project}/environments/${environment}/flags/${key}`,
    name: `flag ${key} in ${environment}`,
    edit: (read) => configurationEdit(read, base, options, newRuleId),
    isBlind: (edit) => isBlind(edit),
    ifMatch: file === undefined ? undefined : revisionOf(file, place),
    reason,
    entity: { project, environment, kind: 'flag', key },
    lookWith: `flaghoist flags get ${key} -p ${project} -e ${environment}`,
  });
  const configuration = edited.changed ? edited.written.body : edited.resource;
  const revisions = edited.changed ? edited.written.revisions : [];
  return reportWritten(session, options, {
    project,
    awaited: awaitedOf(edited.changed ? edited.written : undefined, environment),
    resource: configuration,
    text: () => plainText(setText(`Flag ${key} in ${environment}`, revisions, configuration.revision)) + '\n',
  });
}

/**
 * The revision that a file was taken from, so that nothing which came later is overwritten. A file from another
 * environment has none: its members are copied.
 */
function revisionOf(file: JsonObject, { project, environment, key }: Place): string | undefined {
  const {
    key: fileKey = key,
    project: fileProject = project,
    environment: fileEnvironment = environment,
    revision,
  } = file;
  if (fileKey !== key) throw wrongUse(`--file is of flag ${JSON.stringify(fileKey)}, not ${key}.`);
  if (fileProject !== project || fileEnvironment !== environment) return undefined;
  return Number.isSafeInteger(revision) ? `"${String(revision)}"` : undefined;
}

function nothingToSet(): Error {
  return wrongUse('there is nothing to set. `flaghoist flags set --help` lists what can be.');
}

function optionOf(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
