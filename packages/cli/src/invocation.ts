import type { Command } from 'commander';
import type { ExitCode } from './exit-codes.ts';
import type { Host } from './host.ts';
import type { Output } from './output/reporter.ts';

/** One call of a command. */
export interface Invocation<Options = object> {
  readonly host: Host;
  readonly version: string;
  readonly args: readonly string[];
  readonly options: Options;
  /** How a failure is printed: set as soon as the settings are known. */
  readonly printing: { output: Output };
}

/** What a command does; it throws `CommandFailure` when it cannot. */
export type Body<Options> = (invocation: Invocation<Options>) => Promise<ExitCode>;

/** Gives a declared command its body, which is loaded only when the command runs. */
export type Bind = <Options>(command: Command, load: () => Promise<Body<Options>>) => void;

/** Options of every command. */
export interface OutputOptions {
  readonly output?: Output;
  readonly config?: string;
}

/** Options of every command that talks to a server. */
export interface ServerOptions extends OutputOptions {
  readonly url?: string;
  readonly token?: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly certKey?: string;
}

/** Options of every command that changes something. */
export interface WriteOptions extends ServerOptions {
  readonly reason?: string;
  readonly confirm?: string;
}

/** Options of commands that write what followers have. */
export interface WaitOptions {
  /** The share of live followers to wait for, above 0 and at most 1. */
  readonly wait?: number;
  /** Milliseconds. */
  readonly waitTimeout?: number;
}

export interface ProjectOptions {
  readonly project: string;
}

export interface EnvironmentOptions extends ProjectOptions {
  readonly environment: string;
}
