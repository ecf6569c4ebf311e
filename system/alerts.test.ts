/**
 * The alert rules of deploy/prometheus, asked by promtool whether they fire when they should, and not otherwise. With
 * `MISTAKES` in the environment also rules with a mistake in each: `npm run prove -- alerts`.
 */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { ALERT_CASES, ALSO_FIRE, type SeriesValues } from './alert-cases.ts';
import { runProgram } from './child-program.ts';
import { openScene, type Scene } from './scene.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const RULES = join(ROOT, 'deploy/prometheus/flaghoist.rules.yml');
const METRICS = join(ROOT, 'docs/operations/metrics.md');
/** Of Prometheus, and of the library that tells of Node. */
const NOT_OURS = new Set(['up', 'nodejs_eventloop_lag_p99_seconds']);
const PROMTOOL = findPromtool();

it('Alert rules name series that there are, and each alert is tested', async () => {
  const rules = await readFile(RULES, 'utf8');
  const page = await readFile(METRICS, 'utf8');
  const documented = new Set([...page.matchAll(/^\| `(flaghoist_[a-z_]+)` \|/gm)].map(([, name = '']) => name));
  const named = [...rules.matchAll(/\b(?:flaghoist|nodejs)_[a-z0-9_]+|\bup\b/g)].map(([name]) =>
    name.replace(/^(flaghoist_.*_seconds)_(?:bucket|count)$/, '$1'),
  );
  expect(new Set(named).size).toBeGreaterThan(30);
  expect(named.filter((name) => !documented.has(name) && !NOT_OURS.has(name))).toEqual([]);
  const alerts = [...rules.matchAll(/^ *- alert: (\w+)$/gm)].map(([, name = '']) => name);
  expect(alerts.toSorted()).toEqual(Object.keys(ALERT_CASES).toSorted());
  if (PROMTOOL === null)
    console.warn('NOT TESTED on this machine: whether alerts fire. promtool is not on the PATH, nor in PROMTOOL.');
});

it.runIf(PROMTOOL !== null)(
  'Each alert fires, and does not just below, too early, without its series, or because a process began anew',
  async () => {
    const scene = openScene();
    const rules = await readFile(RULES, 'utf8');
    const waiting = Object.entries(ALERT_CASES).flatMap(([name, { early }]) => (early === undefined ? [] : [name]));
    const all = [...rules.matchAll(/- alert: (\w+)\n +expr: ([^]*?)\n +(?:for|labels):/g)];
    const ordered = all.filter(([, , expr = '']) => /(?:^| )[<>] /m.test(expr)).map(([, name = '']) => name);
    const measured = ordered.filter((name) => !ONE_IS_TOO_MANY.has(name));
    // As they are, and with a mistake in each: it does not wait, it compares the wrong way, its threshold is another.
    const asked: readonly (readonly [rules: string, wrong: readonly string[]])[] = [
      [rules, []],
      [rules.replace(/^ *for: .*\n/gm, ''), waiting],
      [rules.replace(/(?<= )[<>](?= )/g, (sign) => TURNED[sign] ?? sign), ordered],
      [rules.replace(/( [<>] )(0\.0001|(?:6|14\.4) \* 0\.\d+|0\.2|0\.7|10\b|60\b|64\b|14\b)/g, '$110 * $2'), measured],
    ];
    const count = process.env['MISTAKES'] === undefined ? 1 : asked.length;
    for (const [text, wrong] of asked.slice(0, count)) expect(new Set(await ask(scene, text))).toEqual(new Set(wrong));
  },
);

const TURNED: Readonly<Record<string, string>> = { '<': '>', '>': '<' };
/** There is no threshold to be wrong by. */
const ONE_IS_TOO_MANY = new Set([
  'FlaghoistCertificateEnded',
  'FlaghoistRevisionWentBack',
  'FlaghoistRulesetRefused',
  'FlaghoistCopiesFail',
  'FlaghoistStreamsRefused',
  'FlaghoistNobodyPublishes',
  'FlaghoistTwoPublish',
  'FlaghoistBusDiffers',
  'FlaghoistOldDatabase',
  'FlaghoistWritesWait',
  'FlaghoistNoStandby',
  'FlaghoistAuditAltered',
  'FlaghoistExposuresLost',
]);

interface Question {
  readonly alert: string;
  readonly values: SeriesValues;
  readonly at: string;
  readonly fires: boolean;
}

const QUESTIONS: readonly Question[] = [
  ...Object.entries(ALERT_CASES).flatMap(([alert, { fires, just, at, early, reset }]) => [
    { alert, values: fires, at, fires: true },
    { alert, values: just, at, fires: false },
    { alert, values: {}, at, fires: alert === 'FlaghoistNobodyAnswers' },
    ...(early === undefined ? [] : [{ alert, values: fires, at: early, fires: false }]),
    ...(reset === undefined ? [] : [{ alert, values: reset, at, fires: false }]),
  ]),
  ...ALSO_FIRE.map(([alert, values, at]) => ({ alert, values, at, fires: true })),
];
/** Rules that look back for hours are not asked every 15 s. */
const LONG_M = 60;

/** Names of the alerts that did not do as they should, with these rules. */
async function ask(scene: Scene, rules: string): Promise<readonly string[]> {
  const folder = await scene.folder();
  await writeFile(join(folder, 'rules.yml'), rules);
  const isLong = ({ at }: Question): boolean => Number.parseInt(at, 10) >= LONG_M;
  const files = [
    {
      evaluation_interval: '15s',
      tests: packed(
        QUESTIONS.filter((one) => !isLong(one)),
        '15s',
      ),
    },
    { evaluation_interval: '5m', tests: packed(QUESTIONS.filter(isLong), '1m') },
  ];
  const paths = files.map((_, i) => join(folder, `tests-${i}.yml`));
  // JSON is YAML.
  for (const [i, file] of files.entries())
    await writeFile(paths[i] ?? '', JSON.stringify({ rule_files: ['rules.yml'], ...file }));
  const { code, stdout, stderr } = await runProgram(scene, {
    command: PROMTOOL ?? '',
    args: ['test', 'rules', ...paths],
  });
  const failed = [...`${stdout}${stderr}`.matchAll(/expr: "count\(ALERTS\{alertname=\\?"(\w+)/g)].map(
    ([, name = '']) => name,
  );
  if ((code === 0) !== (failed.length === 0)) throw new Error(`promtool left with ${code}:\n${stdout}${stderr}`);
  return failed;
}

/** Each world of series costs time: questions share one, unless they speak of the same series. */
function packed(questions: readonly Question[], interval: string) {
  const worlds: { readonly names: Set<string>; readonly values: Record<string, string>; readonly asked: Question[] }[] =
    [];
  for (const question of questions) {
    const names = namesIn(question.values);
    // Nothing at all is a world of its own.
    const isFit = (world: (typeof worlds)[number]): boolean =>
      (names.length === 0) === (world.names.size === 0) &&
      !names.some((name) => world.names.has(name)) &&
      !world.asked.some(({ alert }) => alert === question.alert);
    let world = worlds.find(isFit);
    if (world === undefined) worlds.push((world = { names: new Set(), values: {}, asked: [] }));
    for (const name of names) world.names.add(name);
    Object.assign(world.values, question.values);
    world.asked.push(question);
  }
  return worlds.map(({ values, asked }) => ({
    interval,
    input_series: Object.entries(values).map(([series, written]) => ({ series, values: written })),
    promql_expr_test: asked.map(({ alert, at, fires }) => ({
      expr: `count(ALERTS{alertname="${alert}",alertstate="firing"})`,
      eval_time: at,
      exp_samples: fires ? [{ labels: '{}', value: 1 }] : [],
    })),
  }));
}

/** Of series, without their labels. An alert that adds up several of a process looks at all of them. */
function namesIn(values: SeriesValues): readonly string[] {
  return [...new Set(Object.keys(values).map((series) => series.slice(0, series.indexOf('{'))))];
}

/** `npm test` has put it there, where that was possible. */
function findPromtool(): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), join(ROOT, '.cache/promtool/usr/bin')];
  const paths = [process.env['PROMTOOL'] ?? '', ...folders.map((folder) => join(folder, 'promtool'))];
  return paths.find((path) => path !== '' && existsSync(path)) ?? null;
}
