import { type Command, Option } from 'commander';
import type { Bind } from '../../invocation.ts';
import { outputOptions, serverOptions } from '../declare-options.ts';

/** `start`, `setup`, `status`, `restore`, `signing-key` and `config`. */
export function declareServer(program: Command, bind: Bind): void {
  const start = program
    .command('start')
    .description('start a server: the whole system in one process, or the roles that are named')
    .addHelpText('after', '\nEvery option can also be set in the environment or a file: `flaghoist config` shows how.');
  bind(outputOptions(settingOptions(start)), async () => (await import('./start.ts')).start);
  const setup = program
    .command('setup [link-or-secret]')
    .description('complete a new server: make the first admin token, print it once and save it; or get back in')
    .option('--url <url>', 'address of the server; without it the one of the link')
    .option('--ca <file>', 'who signs the certificate of the server (FLAGHOIST_CA)')
    .option('--cert <file>', 'certificate that is shown to the server (FLAGHOIST_CERT)')
    .option('--cert-key <file>', 'private key of that certificate (FLAGHOIST_CERT_KEY)')
    .option('--name <text>', 'name of the token')
    .option('--no-save', 'only print the token')
    .option('--recover', 'on the server’s own machine, when nobody can sign in: print a link that makes an admin')
    .option('--data <folder>', 'with --recover: the data folder of the server');
  bind(outputOptions(setup), async () => (await import('./setup.ts')).setup);
  const status = program
    .command('status')
    .description('what the server does, and which revision each environment is at');
  bind(serverOptions(status), async () => (await import('./status.ts')).status);
  const restore = program
    .command('restore')
    .description('put the embedded database back to a backup; on the server’s own machine, while it does not run')
    .option('--data <folder>', 'the data folder of the server')
    .option('--from <name>', 'the backup; without it the newest')
    .option('--list', 'only list the backups there are')
    .option('--raise-epoch', 'restore nothing: a database that was put back by other means goes on in a new epoch')
    .option('--database-url <url>', 'with --raise-epoch: PostgreSQL; better in FLAGHOIST_DATABASE_URL')
    .option('--nats-url <url>', 'with --raise-epoch: as the servers have it; better in FLAGHOIST_NATS_URL');
  bind(outputOptions(restore), async () => (await import('./restore.ts')).restore);
  const signing = program.command('signing-key').description('what a publisher signs rulesets with');
  const create = signing
    .command('create')
    .description('make a private key in a new file, and print its public key')
    .requiredOption('--out <file>', 'the new file');
  bind(outputOptions(create), async () => (await import('./signing-key.ts')).createSigningKey);
  const show = signing.command('show <file>').description('print the public key of a private key');
  bind(outputOptions(show), async () => (await import('./signing-key.ts')).showSigningKey);
  const config = program.command('config').description('every setting: its value, where it came from, what is allowed');
  bind(serverOptions(settingOptions(config)), async () => (await import('./config.ts')).config);
}

/** One option for each setting of a server. */
function settingOptions(command: Command): Command {
  return command
    .option('--data <folder>', 'folder of the embedded database and of what must survive a restart')
    .option('--port <number>', 'port to listen on; 0 takes a free one')
    .option('--host <address>', 'address to listen on')
    .option('--tls-cert <file>', 'certificate to listen with, PEM; without it plain HTTP')
    .option('--tls-key <file>', 'private key of that certificate')
    .option('--tls-client-ca <file>', 'authorities: clients have to show a certificate of one of them')
    .option('--metrics-port <number>', 'port of its own for GET /metrics; 0 takes a free one')
    .option('--metrics-host <address>', 'address for that port; whoever reaches it can read the metrics')
    .option('--roles <list>', 'some of control,publisher,worker,edge')
    .option('--workers <number>', 'processes behind the one port, with the role edge alone')
    .option(
      '--database-url <url>',
      'postgres:// address, of one host or several; better in FLAGHOIST_DATABASE_URL, where other users cannot see it',
    )
    .addOption(new Option('--allow-unsafe-database', 'start on a PostgreSQL that a power cut makes forget (fsync=off)'))
    .option(
      '--nats-url <url>',
      'nats:// or tls:// address of the bus, with PostgreSQL; better in FLAGHOIST_NATS_URL, where other users cannot see it',
    )
    .option('--nats-ca <file>', 'who signs the certificates of the NATS servers')
    .option('--nats-cert <file>', 'certificate that this process shows to NATS')
    .option('--nats-key <file>', 'private key of that certificate')
    .option('--nats-creds <file>', 'credentials for NATS: a .creds file, or the seed of an nkey')
    .option('--upstream <url>', 'with --roles edge: the edge or server to follow, with the key in FLAGHOIST_RELAY_KEY')
    .option('--relay-key-file <file>', 'file that holds the relay key for the upstream')
    .option('--upstream-ca <file>', 'who signs the certificate of the upstream')
    .option('--upstream-cert <file>', 'certificate that this edge shows to the upstream')
    .option('--upstream-key <file>', 'private key of that certificate')
    .option('--public-url <url>', 'https:// address at which people reach the server')
    .option('--trusted-proxies <list>', 'addresses and networks of the proxies whose X-Forwarded-For is believed')
    .option('--key-rate-limit <number>', 'evaluations a second of a key without a limit of its own')
    .option('--address-rate-limit <number>', 'requests a second with client keys from one address')
    .option('--api-rate-limit <number>', 'management requests a second of one token or person')
    .option('--secret <text>', 'what signs sessions; better in FLAGHOIST_SECRET, where other users cannot see it')
    .option('--canary', 'with the role edge: try changes here before they are published')
    .option('--signing-key <file>', 'private key that every published ruleset is signed with')
    .option('--trusted-keys <list>', 'public keys, or files of them, that rulesets have to be signed with at the edge')
    .option('--write-deadline <time>', 'how long a change waits for the database before it is answered 503, as 5s')
    .option('--backup-every <time>', 'how often the embedded database is backed up, as 1d or 6h; 0s: never')
    .option('--backups-kept <number>', 'how many of the newest backups are kept')
    .option('--counts-kept <time>', 'how long evaluation counts by minute are kept, as 90d')
    .option('--sums-kept <time>', 'how long their sums by hour and day are kept, as 800d')
    .addOption(new Option('--demo', 'make a demo project with flags and keys'))
    .option('--log-level <level>', 'fatal, error, warn, info, debug, trace or silent');
}
