/** What a server process is told when it starts. */
import type { Logger } from '@flaghoist/runtime/telemetry';
import type { OutgoingTlsSources, ServerCertificateFiles } from '@flaghoist/runtime/tls';

export type ProcessRole = 'control' | 'publisher' | 'worker' | 'edge';

/** Requests a second. */
export interface RequestRates {
  /** To one edge with a key that has no limit of its own: evaluations, and as many exposure batches. */
  readonly key?: number | undefined;
  /** To one edge from one address, with client keys. */
  readonly address?: number | undefined;
  /** To the management API by one token or person; from one address twice as many. */
  readonly principal?: number | undefined;
}

/** The edge or server that an edge follows. */
export interface UpstreamAddress {
  /** http: or https:. */
  readonly url: string;
  /** Either the key itself, or the file that holds it, which is read again when it changes. */
  readonly relayKey?: string | undefined;
  readonly relayKeyFile?: string | undefined;
  /** Files; for https: alone. Absent: whom Node believes, and nothing is shown. */
  readonly tls?: OutgoingTlsSources | undefined;
}

/** Servers of one NATS cluster that carry the bus. */
export interface NatsAddress {
  /** nats: or tls:, with user and password before the host, and more hosts after commas. */
  readonly url: string;
  /** Files, PEM, for tls: alone: who signs the servers' certificates, and what this process shows of itself. */
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** File: a user's JWT and seed (`.creds`), or the seed of an nkey; instead of a user in the address. */
  readonly creds?: string | undefined;
}

/** An edge in a process of its own. */
export interface EdgeProcessOptions
  extends Pick<
    ServerOptions,
    | 'data'
    | 'port'
    | 'host'
    | 'tls'
    | 'publicUrl'
    | 'trustedProxies'
    | 'trustedKeys'
    | 'limits'
    | 'worker'
    | 'canary'
    | 'metrics'
    | 'logger'
    | 'version'
  > {}

/** What it follows: another edge or server, or a database, which it makes no tables in and may have to do without. */
export type EdgeServerOptions = EdgeProcessOptions &
  (
    | { readonly upstream: UpstreamAddress }
    | (Required<Pick<ServerOptions, 'writeDeadlineMs'>> &
        Pick<ServerOptions, 'nats' | 'allowUnsafeDatabase'> & { readonly databaseUrl: string })
  );

export interface ServerOptions {
  /** Folder of this process: its database when embedded, its spool. Made when missing. */
  readonly data: string;
  /** 0: any free port. */
  readonly port: number;
  readonly host: string;
  /** What it listens with, read again when it changes; absent: plain HTTP. */
  readonly tls?: ServerCertificateFiles | undefined;
  /** `edge` alone over PostgreSQL is `startEdge`'s. */
  readonly roles: readonly ProcessRole[];
  /** PostgreSQL, one host or several of one cluster; absent: the embedded database in `data`. */
  readonly databaseUrl: string | undefined;
  /** Also a PostgreSQL that loses acknowledged changes at a power cut; absent: such a one is refused. */
  readonly allowUnsafeDatabase?: boolean | undefined;
  /** Absent: the bus is in the database. With PostgreSQL alone. */
  readonly nats?: NatsAddress | undefined;
  /** The https:// address at which people reach the server; absent: they sign in at the names of its certificate, or on its own machine only. */
  readonly publicUrl?: string | undefined;
  /** The installation's secret; absent: the file `secret` in `data`, made when missing. */
  readonly secret?: string | undefined;
  /** Folder of the built dashboard; null: the server has none, and says so. */
  readonly dashboard: string | null;
  /** Loads the demo project, and answers fresh keys of it. */
  readonly demo: boolean;
  /** How often watchers hear something and what they may see is looked at anew; absent: every 15 s. */
  readonly heartbeatMs?: number | undefined;
  /** Addresses and networks of the proxies whose X-Forwarded-For is believed; absent: with a public URL and no certificate of its own whoever sends one, else nobody. */
  readonly trustedProxies?: readonly string[] | undefined;
  /** How much may be asked for; absent: the defaults of docs/operations/limits.md. */
  readonly limits?: RequestRates | undefined;
  /** Of the embedded database; absent, or `everyMs` 0: none. `kept`: how many of the newest stay. */
  readonly backups?: { readonly everyMs: number; readonly kept: number } | undefined;
  /** How long counts are kept, in milliseconds; absent: 90 days by minute, 800 by hour and day. */
  readonly kept?: { readonly minutesMs: number; readonly sumsMs: number } | undefined;
  /** How long a write waits for the database before it is answered that its outcome is not known; absent: 5 s. */
  readonly writeDeadlineMs?: number | undefined;
  /** File with the private key that signs every head; read by the role publisher alone. Absent: none is signed. */
  readonly signingKey?: string | undefined;
  /** Whether candidates of environments that publish in stages are tried here; read by the role edge alone. Absent: they are not. */
  readonly canary?: boolean | undefined;
  /** Public keys, or files of them, that heads have to be signed by; read by the role edge. Absent: they need no signature. */
  readonly trustedKeys?: readonly string[] | undefined;
  /** Where GET /metrics is answered, on a port of its own (0: any free one); absent: nowhere. Whoever reaches it may read it. */
  readonly metrics?: { readonly host: string; readonly port: number } | undefined;
  /** Which of several processes behind one port this is, from 1; absent: there is one. */
  readonly worker?: number | undefined;
  readonly logger: Logger;
  readonly version: string;
}
