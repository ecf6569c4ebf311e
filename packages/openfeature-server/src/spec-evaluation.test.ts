import type { Evaluation, Moment } from '@flaghoist/evaluator';
import {
  readEvaluationSuite,
  type SuiteAnswer,
  type SuiteCase,
  type SuiteFile,
} from '@flaghoist/testkit/evaluation-suite';
import {
  type Client,
  type EvaluationContext,
  type EvaluationDetails,
  type JsonValue,
  OpenFeature,
} from '@openfeature/server-sdk';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { KEY, NativeDoor } from '../test-support/native-door.ts';
import { SILENT } from '../test-support/scene.ts';
import { FlaghoistProvider } from './provider.ts';

const FILES = readEvaluationSuite();

/** No case serves them, except `false`, so a default that was used can be told from a value. */
const DEFAULTS = { boolean: false, string: 'the default', number: -12_345, object: { the: 'default' } };

const closing: (() => Promise<unknown>)[] = [];
let asked = 0;

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

afterAll(() => OpenFeature.close());

/** The provider over a real server that serves the ruleset of a file. */
async function start({ name, entities }: SuiteFile, moment: () => Moment) {
  const door = await NativeDoor.open(entities);
  closing.push(() => door.close());
  const provider = new FlaghoistProvider({ url: door.url, key: KEY, dataDir: false, logger: SILENT, moment });
  await OpenFeature.setProviderAndWait(name, provider);
  closing.unshift(() => provider.onClose());
  return { provider, client: OpenFeature.getClient(name) };
}

function ask(client: Client, type: string, { flag, context }: SuiteCase): Promise<EvaluationDetails<JsonValue>> {
  const given = context as EvaluationContext;
  if (type === 'boolean') return client.getBooleanDetails(flag, DEFAULTS.boolean, given);
  if (type === 'string') return client.getStringDetails(flag, DEFAULTS.string, given);
  if (type === 'number') return client.getNumberDetails(flag, DEFAULTS.number, given);
  return client.getObjectDetails(flag, DEFAULTS.object, given);
}

function typeOf({ entities }: SuiteFile, key: string): keyof typeof DEFAULTS {
  const json = entities.find((entity) => entity.kind === 'flag' && entity.key === key)?.json ?? '{"type":"boolean"}';
  return (JSON.parse(json) as { readonly type: keyof typeof DEFAULTS }).type;
}

/** What OpenFeature's details say of an answer: the default where there is no value. */
function expectedOf(type: keyof typeof DEFAULTS, { value, rule, ...rest }: SuiteAnswer): object {
  return { value: value === undefined ? DEFAULTS[type] : value, ...rest, ...(rule === undefined ? {} : { rule }) };
}

function told({
  flagKey: _key,
  errorMessage: _message,
  flagMetadata,
  ...details
}: EvaluationDetails<JsonValue>): object {
  const { rule } = flagMetadata;
  return { ...details, ...(rule === undefined ? {} : { rule }) };
}

function plain({ errorMessage: _message, ...answer }: Evaluation): SuiteAnswer {
  return answer;
}

describe('the provider', () => {
  it.each(FILES)('answers the cases of $name as they say, through OpenFeature and directly', async (file) => {
    // A case without a moment is asked without one, which a provider never does by itself.
    let moment: Moment | undefined;
    const { provider, client } = await start(file, () => moment as Moment);
    for (const one of file.cases) {
      moment = one.moment;
      const type = typeOf(file, one.flag);
      const answer = { case: one.name, ...told(await ask(client, type, one)) };
      expect(answer).toStrictEqual({ case: one.name, ...expectedOf(type, one.expected) });
      const direct = { case: one.name, ...plain(provider.evaluate(one.flag, one.context)) };
      expect(direct).toStrictEqual({ case: one.name, ...one.expected });
      asked++;
    }
  });

  it('was asked all of them', () => {
    expect(asked).toBe(FILES.reduce((sum, { cases }) => sum + cases.length, 0));
    expect(asked).toBeGreaterThanOrEqual(450);
  });
});
