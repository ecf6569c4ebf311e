import { type Command, Option } from 'commander';
import { collect, parseBoolean } from '../../input/option-values.ts';
import type { Bind } from '../../invocation.ts';
import { environmentOption, projectOption, serverOptions, waitOptions } from '../declare-options.ts';

const TYPES = ['boolean', 'string', 'number', 'object'];

export function declareFlags(program: Command, bind: Bind): void {
  const flags = program.command('flags').description('flags, and their configuration in each environment');
  const list = projectOption(flags.command('list').description('flags of a project'))
    .option('-e, --environment <key>', 'show the state in this environment only')
    .option('--search <words>', 'only flags with these words in key, name, description, tags or owner')
    .option('--tag <tag>', 'only flags with this tag')
    .option('--owner <text>', 'only flags of this owner')
    .addOption(new Option('--type <type>', 'only flags of this type').choices(TYPES))
    .addOption(
      new Option('--state <state>', 'only flags in this state in the environment of -e').choices(['on', 'off']),
    )
    .addOption(
      new Option('--sort <by>', 'created and changed: the newest first').choices(['key', 'name', 'created', 'changed']),
    )
    .option('--archived', 'the archived flags instead');
  bind(serverOptions(list), async () => (await import('./flags.ts')).listFlags);
  const get = projectOption(flags.command('get <key>').description('a flag; with -e its configuration there')).option(
    '-e, --environment <key>',
    'environment',
  );
  bind(serverOptions(get), async () => (await import('./flags.ts')).getFlag);
  bind(declareCreate(flags), async () => (await import('./flags.ts')).createFlag);
  bind(declareSet(flags), async () => (await import('./set-flag.ts')).setFlag);
  const toggle = flags
    .command('toggle <key>')
    .description('switch a flag in one environment: to the other state, or to the one that is named')
    .addOption(new Option('--on', 'switch on').conflicts('off'))
    .addOption(new Option('--off', 'switch off'));
  bind(
    waitOptions(environmentOption(projectOption(toggle))),
    async () => (await import('./toggle-flag.ts')).toggleFlag,
  );
  const archive = flags.command('archive <key>').description('retire a flag everywhere; its key is never used again');
  bind(waitOptions(projectOption(archive)), async () => (await import('./flags.ts')).archiveFlag);
}

function declareCreate(flags: Command): Command {
  const create = projectOption(
    flags.command('create <key>').description('make a flag in every environment of a project'),
  )
    .addOption(new Option('--type <type>', 'type of its values').choices(TYPES).makeOptionMandatory())
    .option(
      '--variant <name=json>',
      `a variant, e.g. 'blue="#00f"'; repeatable; a boolean flag has on and off`,
      collect,
    )
    .option('--off-variant <name>', 'what it serves while it is off')
    .option('--default-variant <name>', 'what it serves when no rule decides')
    .option('--client-visible', 'client keys (browsers, phones) may ask for it')
    .option('--enabled', 'on in every environment; without it off')
    .option('--name <text>', 'for people')
    .option('--description <text>', 'what it is for')
    .option('--owner <text>', 'who answers for it')
    .option('--tag <tag>', 'repeatable', collect);
  return waitOptions(create);
}

function declareSet(flags: Command): Command {
  const set = projectOption(
    flags
      .command('set <key>')
      .description(
        'change a flag: with -e its configuration there, without -e its name, owner, tags and further variants',
      ),
  )
    .option('-e, --environment <key>', 'environment')
    .option(
      '--variant <name=json>',
      'with -e a new value of a variant, without -e a further variant; repeatable',
      collect,
    )
    .optionsGroup('In an environment (-e):')
    .option('--file <file>', 'members of the configuration as JSON; - reads standard input')
    .option('--enabled <boolean>', 'true or false', parseBoolean)
    .option('--client-visible <boolean>', 'true or false', parseBoolean)
    .option('--off-variant <name>', 'what it serves while it is off; none: no value')
    .option('--default <variant>', 'what it serves when no rule decides')
    .option('--rollout <weights>', 'weighted variants when no rule decides, e.g. on=20,off=80')
    .option('--salt <text>', 'of the rollout; a new salt deals the variants anew')
    .option('--attribute <path>', 'whose value the rollout goes by; without it the targeting key')
    .option(
      '--prerequisite <flag=variants>',
      'the variants of another flag of which one must be served, e.g. login=on; repeatable',
      collect,
    )
    .option('--add-rule <json>', 'append a rule; repeatable', collect)
    .option('--remove-rule <id>', 'take a rule away; repeatable', collect)
    .option(
      '--target <variant=keys>',
      'the targeting keys that always get a variant, e.g. on=ann,bob; repeatable',
      collect,
    )
    .optionsGroup('In the project (without -e):')
    .option('--name <text>', 'for people')
    .option('--description <text>', 'what it is for')
    .option('--owner <text>', 'who answers for it')
    .option('--tag <tag>', 'replaces all tags; repeatable', collect)
    .optionsGroup('Options:');
  return waitOptions(set);
}
