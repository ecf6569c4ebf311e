/** The evaluator as a browser gets it: small, and with the same answers as everywhere. */
import { isDeepStrictEqual } from 'node:util';
import { readEvaluationSuite, type SuiteCase, type SuiteFile } from '@flaghoist/testkit/evaluation-suite';
import { expect, it } from 'vitest';
import { openScene, type Scene } from '../scene.ts';
import { until } from '../until.ts';
import { bundle } from './bundle.ts';
import { openChromium } from './chromium.ts';
import type { Outcome, PageAnswer, Question } from './page-program.ts';
import { startPageServer } from './page-server.ts';

const EVALUATOR = './browser/evaluator.ts';
const WHOLE_EVALUATOR = '@flaghoist/evaluator';
const REGEX = '@flaghoist/client/regex';
/** Where the page finds the engine. */
const SERVED = { [REGEX]: './regex.js' };
const MOST_BYTES = { [EVALUATOR]: 12_000, [WHOLE_EVALUATOR]: 19_000, [REGEX]: 55_000 };
const ANSWERED_WITHIN_MS = 20_000;

it.each([EVALUATOR, WHOLE_EVALUATOR, REGEX] as const)('%s stays small for browsers', async (entry) => {
  const { code, gzipBytes } = await bundle(entry);
  console.log(`${entry}: ${gzipBytes} bytes gzipped, ${code.length} minified`);
  expect(gzipBytes).toBeLessThanOrEqual(MOST_BYTES[entry]);
});

it('A browser gives the answers of the suite, without turning text into code and without asking anybody', async () => {
  const rounds = readEvaluationSuite().flatMap((file) => [createRound(file, true), createRound(file, false)]);
  const questions = rounds.map(({ question }) => question);
  const { outcomes, makesCode } = await askPage(openScene(), questions);
  expect(makesCode).toBe(false);
  expect(rounds.flatMap((round, i) => findFaults(round, outcomes[i]))).toEqual([]);
  const answers = rounds.reduce((sum, { cases }) => sum + cases.length, 0);
  expect(answers).toBeGreaterThan(400);
  console.log(`${answers} answers of a browser are those of the suite`);
});

/** One file of the suite, evaluated with the engine for regular expressions or without. */
interface Round {
  readonly title: string;
  readonly question: Question;
  /** With the answers that are expected in this round. */
  readonly cases: readonly SuiteCase[];
}

function createRound(file: SuiteFile, withRegex: boolean): Round {
  const cases = withRegex ? file.cases : casesWithoutRegex(file);
  const evaluations = cases.map(({ flag, context, moment }) => ({
    flag,
    context,
    ...(moment === undefined ? {} : { moment }),
  }));
  const title = `${file.name} ${withRegex ? 'with' : 'without'} the engine`;
  return { title, question: { entities: file.entities, withRegex, evaluations }, cases };
}

/** Where there are patterns, only some cases say what is answered without the engine. */
function casesWithoutRegex(file: SuiteFile): readonly SuiteCase[] {
  if (!hasPatterns(file)) return file.cases;
  return file.cases.flatMap((one) => (one.withoutRegex === undefined ? [] : [{ ...one, expected: one.withoutRegex }]));
}

/** Whether an evaluation of the file may reach a regular expression. */
function hasPatterns({ entities }: SuiteFile): boolean {
  return entities.some(({ json }) => json.includes('"matches"'));
}

function findFaults({ title, cases }: Round, outcome: Outcome | undefined): readonly unknown[] {
  if (outcome === undefined || 'problems' in outcome) return [{ title, outcome }];
  return cases.flatMap(({ name, expected }, i) => {
    const { errorMessage: _, ...answer } = outcome.evaluations[i] ?? {};
    return isDeepStrictEqual(answer, expected) ? [] : [{ title, name, expected, answer }];
  });
}

/** Opens the page in a browser of its own and reads its answer. Any word on its console fails, and any request but those it is made for. */
async function askPage(scene: Scene, questions: readonly Question[]): Promise<PageAnswer> {
  const [regex, program] = await Promise.all([bundle(REGEX), bundle('./browser/page-program.ts', SERVED)]);
  const server = await startPageServer(scene, {
    'page.js': program.code,
    'regex.js': regex.code,
    'questions.json': JSON.stringify(questions),
  });
  const browser = await openChromium(scene);
  const page = await browser.newPage();
  const requests: string[] = [];
  const troubles: string[] = [];
  page.on('request', (request) => void requests.push(`${request.method()} ${request.url()}`));
  page.on('console', (message) => void troubles.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => void troubles.push(String(error)));
  page.on('crash', () => void troubles.push('the page crashed'));
  await page.goto(server.url);
  const answer = await until('the answer of the page', ANSWERED_WITHIN_MS, async () => {
    expect(troubles).toEqual([]);
    return server.answer ?? undefined;
  });
  // By the time the page answers this, everything that it did before is known here too.
  await page.evaluate('0');
  expect(troubles).toEqual([]);
  const files = ['', 'page.js', 'regex.js', 'questions.json'].map((name) => `GET ${server.url}${name}`);
  expect(requests.sort()).toEqual([...files, `POST ${server.url}answer`].sort());
  return JSON.parse(answer) as PageAnswer;
}
