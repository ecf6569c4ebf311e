/** What has to hold of changes, followers and evaluations when everything is over, whatever happened meanwhile. */
import { expect } from 'vitest';
import type { Application } from './application.ts';
import type { ChangeWriter } from './change-writer.ts';
import { awaitCounts } from './evaluation-counts.ts';
import type { AuditEntry, Change, ManagementApi } from './management-api.ts';
import type { StreamReader } from './stream-reader.ts';
import { until } from './until.ts';

/** Of the project `shop`, where all of them are made. */
export const ENVIRONMENT = '/projects/shop/environments/production';
/** The provider has met many breaks by then and waits up to 30 s before it looks again. */
const PROVIDER_CATCHES_UP_MS = 60_000;

/** Every acknowledged change is in the history once, where its answer said, and nothing else is. */
export async function expectHistory(
  api: ManagementApi,
  writer: ChangeWriter,
  before: number,
  changes: number,
): Promise<void> {
  const { acknowledged } = writer;
  expect(acknowledged.map(({ value }) => value)).toEqual(numbers(1, changes));
  expect(acknowledged.map(({ revision }) => revision)).toEqual(numbers(before + 1, before + changes));
  const replayed = acknowledged.filter((one) => one.replayed).length;
  console.log(`${replayed} of ${changes} changes were made by an attempt whose answer was lost`);

  const entries = (await api.list<AuditEntry>(`${ENVIRONMENT}/audit`)).toReversed().map(({ body }) => body);
  expect(entries.map(({ revision }) => revision)).toEqual(numbers(1, before + changes));
  const edits = entries.filter(({ action, revision }) => action === 'flag.edit' && revision > before);
  expect(edits.map(({ change, revision, reason }) => ({ change, revision, reason }))).toEqual(
    acknowledged.map(({ change, revision, value }) => ({ change, revision, reason: `value ${value}` })),
  );
  const listed = (await api.list<Change>('/projects/shop/changes')).filter(
    ({ action, reason }) => action === 'flag.edit' && reason?.startsWith('value '),
  );
  expect(listed.toReversed().map(({ id }) => id)).toEqual(acknowledged.map(({ change }) => change));
  expect(await api.get(`${ENVIRONMENT}/audit/verify`)).toMatchObject({ intact: true, entries: entries.length });
  expect(await api.get(`${ENVIRONMENT}/flags/counter`)).toMatchObject({ variants: { now: changes } });
}

/** The reader got every revision once and in order, but for what a snapshot passed over. */
export async function expectContiguous(reader: StreamReader, before: number, newest: number): Promise<void> {
  const { arrivals } = reader;
  await until('the reader at the newest revision', 20_000, async () =>
    arrivals.at(-1)?.revision === newest ? true : undefined,
  );
  const wrong = arrivals.filter(({ kind, revision }, i) => {
    const last = arrivals[i - 1]?.revision ?? before;
    return kind === 'patch' ? revision !== last + 1 : revision < last;
  });
  expect(wrong).toEqual([]);
  const patches = arrivals.filter(({ kind }) => kind === 'patch').length;
  console.log(`${patches} patches and ${arrivals.length - patches} snapshots over ${reader.streams} streams`);
}

/** The provider answered all the time, never from the past, and caught up by itself. Answers how often it evaluated. */
export async function expectUndisturbed(provider: Application, newest: number, value: number): Promise<number> {
  await until('the provider at the newest revision', PROVIDER_CATCHES_UP_MS, async () => {
    const { last } = await provider.observed();
    return last?.revision === newest ? true : undefined;
  });
  const { evaluations, failures, backwards, last } = await provider.rest();
  expect({ failures, backwards }).toEqual({ failures: [], backwards: [] });
  expect(last).toMatchObject({ value, revision: newest, reason: expect.stringMatching(/^(?:STATIC|DEFAULT)$/) });
  expect(await provider.close()).toMatchObject({ code: 0, stderr: '' });
  console.log(`${evaluations} evaluations while servers died and came back`);
  // The first answer was one more.
  return evaluations + 1;
}

/** All evaluations there were are counted, once. */
export async function expectCounted(api: ManagementApi, made: number): Promise<void> {
  expect(await awaitCounts(api, ENVIRONMENT, made)).toMatchObject({ evaluations: made, missing: 0, dropped: 0 });
}

function numbers(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
