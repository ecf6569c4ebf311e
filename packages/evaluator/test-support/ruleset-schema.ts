/** The published schema of rulesets, run by a validator that is not ours. */
import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

const FILE = new URL('../../../spec/ruleset.schema.json', import.meta.url);

const ajv = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false });
ajv.addSchema(JSON.parse(readFileSync(FILE, 'utf8')) as object);

/** Whether a document is a whole ruleset by the schema. */
export const isRuleset: ValidateFunction = compile('');

/** Whether a document is a `flag`, `segment` or `chunk` by the schema. */
export const isEntity = {
  flag: compile('#/$defs/flag'),
  segment: compile('#/$defs/segment'),
  chunk: compile('#/$defs/chunk'),
} as const;

function compile(fragment: string): ValidateFunction {
  const validate = ajv.getSchema(`urn:flaghoist:ruleset${fragment}`);
  if (validate === undefined) throw new Error(`the schema has no ${fragment}`);
  return validate as ValidateFunction;
}
