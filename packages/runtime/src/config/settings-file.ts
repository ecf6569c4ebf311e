import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type * as Yaml from 'yaml';
import type { SettingProblem } from './setting-problem.ts';

export interface SettingsFile {
  readonly entries: Readonly<Record<string, unknown>>;
  readonly problems: readonly SettingProblem[];
}

/** Reads a YAML file, or JSON, which is YAML too. An empty file has no entries. */
export function readSettingsFile(path: string): SettingsFile {
  const refuse = (message: string): SettingsFile => ({
    entries: {},
    problems: [{ setting: null, source: `file ${path}`, message }],
  });
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    return refuse(`The file cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
  let content: unknown;
  try {
    content = parseYaml(text);
  } catch (error) {
    return refuse(
      `The file is not YAML or JSON: ${firstLine(error instanceof Error ? error.message : String(error))}.`,
    );
  }
  if (content === null || content === undefined) return { entries: {}, problems: [] };
  if (typeof content !== 'object' || Array.isArray(content))
    return refuse('The file has to hold setting names with their values, like `port: 8080`.');
  return { entries: content as Record<string, unknown>, problems: [] };
}

/** The parser is loaded when there is something to parse: it took a tenth of the start of an edge, which has no file mostly. */
function parseYaml(text: string): unknown {
  const { parse } = createRequire(import.meta.url)('yaml') as typeof Yaml;
  return parse(text, { logLevel: 'error' });
}

/** The parser's message goes on with an excerpt, which may show a secret. */
function firstLine(message: string): string {
  return message.split('\n', 1).join().replace(/[:.]$/, '');
}
