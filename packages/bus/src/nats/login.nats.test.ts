import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type NatsServers, startNats } from '@flaghoist/testkit/nats';
import { nkeys } from '@nats-io/transport-node';
import { expect, it, onTestFinished } from 'vitest';
import { bytes, until } from '../contract/bus-under-test.ts';
import { createNatsBus, type NatsBus } from './nats-bus.ts';

type KeyPair = ReturnType<typeof nkeys.createUser>;

const WHAT_IT_MAY = {
  pub: { allow: ['flaghoist.>', '$JS.API.>', '$JS.ACK.>'] },
  sub: { allow: ['_INBOX.>', 'flaghoist.news.>'] },
};

const UNLIMITED = {
  mem_storage: -1,
  disk_storage: -1,
  streams: -1,
  consumer: -1,
  subs: -1,
  data: -1,
  payload: -1,
  imports: -1,
  exports: -1,
  wildcards: true,
  conn: -1,
  leaf: -1,
};

it('shows an nkey, and another one when the file holds another, without a restart', async () => {
  const [first, second, file] = [nkeys.createUser(), nkeys.createUser(), await place()];
  const servers = await startServer(users(first));
  await file.write(textOf(first.getSeed()));
  const bus = open(servers, file.path);
  await append(bus, 'a');

  // The servers know the second one alone from here on, and so does the file a little later.
  const [node] = servers.nodes;
  await node?.kill();
  node?.configure(users(second));
  await node?.start();
  await servers.ready();
  await expect(bus.log.heads()).rejects.toThrow('no connection to NATS');
  await file.write('half a fi');
  await file.write(textOf(second.getSeed()));
  await append(bus, 'b');
});

it('shows the JWT of a .creds file, within what it may', async () => {
  const [operator, system, account, user] = [
    nkeys.createOperator(),
    nkeys.createAccount(),
    nkeys.createAccount(),
    nkeys.createUser(),
  ];
  const accountJwt = jwt(operator, account, { type: 'account', limits: UNLIMITED });
  const userJwt = jwt(account, user, { type: 'user', ...WHAT_IT_MAY, subs: -1, data: -1, payload: -1 });
  const servers = await startServer(
    `operator: "${jwt(operator, operator, { type: 'operator' })}"
system_account: ${system.getPublicKey()}
resolver: MEMORY
resolver_preload: {
  ${account.getPublicKey()}: "${accountJwt}"
  ${system.getPublicKey()}: "${jwt(operator, system, { type: 'account', limits: { ...UNLIMITED, mem_storage: 0, disk_storage: 0 } })}"
}`,
  );
  const file = await place();
  await file.write(`-----BEGIN NATS USER JWT-----
${userJwt}
------END NATS USER JWT------

-----BEGIN USER NKEY SEED-----
${textOf(user.getSeed())}
------END USER NKEY SEED------
`);
  await append(open(servers, file.path), 'a');
  await file.write(textOf(user.getSeed()));
  await expect(open(servers, file.path).log.heads()).rejects.toThrow('no connection to NATS');
});

async function startServer(settings: string): Promise<NatsServers> {
  const servers = await startNats(1, { settings });
  onTestFinished(() => servers.stop());
  return servers;
}

function users(user: KeyPair): string {
  return `accounts { F { jetstream: enabled, users: [ { nkey: ${user.getPublicKey()} } ] } }`;
}

function open(servers: NatsServers, credentialsFile: string): NatsBus {
  const bus = createNatsBus({ servers: [servers.url], credentialsFile, logger: { error() {} } });
  onTestFinished(() => bus.stop());
  return bus;
}

async function append({ log }: NatsBus, id: string): Promise<void> {
  await until(
    'it is appended',
    async () => {
      const result = await log.append({ stream: 's', id, checkpoint: true, body: bytes(id) }).catch(() => null);
      return result !== null;
    },
    30_000,
  );
  expect((await log.heads()).get('s')?.id).toBe(id);
}

/** A file that is replaced as a whole. */
async function place() {
  const folder = await mkdtemp(join(tmpdir(), 'flaghoist-login-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'login');
  return {
    path,
    async write(text: string) {
      await writeFile(`${path}.new`, text);
      await rename(`${path}.new`, path);
    },
  };
}

function textOf(seed: Uint8Array): string {
  return new TextDecoder().decode(seed);
}

/** As NATS has them: signed with the key of whoever vouches. */
function jwt(issuer: KeyPair, subject: KeyPair, nats: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = {
    jti: 'test',
    iat: Math.floor(Date.now() / 1_000),
    iss: issuer.getPublicKey(),
    name: 'test',
    sub: subject.getPublicKey(),
    nats: { version: 2, ...nats },
  };
  const text = `${part({ typ: 'JWT', alg: 'ed25519-nkey' })}.${part(claims)}`;
  return `${text}.${Buffer.from(issuer.sign(Buffer.from(text))).toString('base64url')}`;
}
