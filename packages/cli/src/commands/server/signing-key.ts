import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { generateSigningKey, parseSigningKey, type SigningKey } from '@flaghoist/runtime/crypto';
import { CommandFailure } from '../../command-failure.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import type { Invocation, OutputOptions } from '../../invocation.ts';
import { plainText } from '../../output/plain-text.ts';
import { createReporter } from '../../output/reporter.ts';
import { loadClientSettings } from '../../settings.ts';

/** `signing-key create`: a new private key in a file of its owner's alone; one that is there is never overwritten. */
export async function createSigningKey(
  invocation: Invocation<OutputOptions & { readonly out: string }>,
): Promise<ExitCode> {
  const path = resolve(invocation.options.out);
  const pem = generateSigningKey();
  await writeFile(path, pem, { flag: 'wx', mode: 0o600 }).catch((error: Error) => {
    throw failure(`the signing key cannot be written to ${path}: ${error.message}.`);
  });
  return show(invocation, path, pem);
}

/** `signing-key show`: what others need to know of a private key. */
export async function showSigningKey(invocation: Invocation<OutputOptions>): Promise<ExitCode> {
  const path = resolve(invocation.args[0] ?? '');
  const pem = await readFile(path, 'utf8').catch((error: Error) => {
    throw failure(`the signing key ${path} cannot be read: ${error.message}.`);
  });
  return show(invocation, path, pem);
}

function show({ host, options, printing }: Invocation<OutputOptions>, file: string, pem: string): ExitCode {
  printing.output = loadClientSettings(host, options).output;
  const reporter = createReporter(host, printing.output);
  const { id, publicKey } = readKey(file, pem);
  // The public key alone on standard output, so that `--trusted-keys $(flaghoist signing-key show FILE)` works.
  reporter.result({ id, publicKey, file }, () => `${publicKey}\n`);
  reporter.note(plainText(`Public key ${id} of ${file}. Edges and providers are given it as a trusted key.`));
  return EXIT.ok;
}

function readKey(file: string, pem: string): SigningKey {
  const key = parseSigningKey(pem);
  if (key === null) throw failure(`${file} is no Ed25519 private key in PEM without a password.`);
  return key;
}

function failure(message: string): CommandFailure {
  return new CommandFailure(EXIT.failed, 'signing_key', message);
}
