import { readFile } from 'node:fs/promises';
import { wrongUse } from '../command-failure.ts';
import type { Host } from '../host.ts';

export type JsonObject = { readonly [member: string]: unknown };

/** The JSON given to an option. */
export function parseJson(text: string, option: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw wrongUse(`${option} is not JSON: ${messageOf(error)}\nQuote it for the shell, e.g. ${option} '{"a": 1}'.`);
  }
}

export function parseJsonObject(text: string, option: string): JsonObject {
  const value = parseJson(text, option);
  if (!isObject(value)) throw wrongUse(`${option} must be a JSON object, e.g. ${option} '{"a": 1}'.`);
  return value;
}

/** The JSON object in a file, or on standard input for `-`. */
export async function readJsonObject(host: Host, file: string): Promise<JsonObject> {
  let text: string;
  try {
    text = file === '-' ? await host.readInput() : await readFile(file, 'utf8');
  } catch (error) {
    throw wrongUse(`cannot read --file ${file}: ${messageOf(error)}`);
  }
  const name = file === '-' ? 'standard input' : file;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw wrongUse(`${name} is not JSON: ${messageOf(error)}`);
  }
  if (!isObject(value)) throw wrongUse(`${name} must hold one JSON object.`);
  return value;
}

/** The members among `names`; a member that is neither among them nor among `ignored` is refused. */
export function pickMembers(object: JsonObject, names: readonly string[], ignored: readonly string[]): JsonObject {
  const unknown = Object.keys(object).filter((name) => !names.includes(name) && !ignored.includes(name));
  if (unknown.length > 0) {
    throw wrongUse(`--file has a member that is not known: ${unknown.join(', ')}.\nKnown: ${names.join(', ')}.`);
  }
  return Object.fromEntries(Object.entries(object).filter(([name]) => names.includes(name)));
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
