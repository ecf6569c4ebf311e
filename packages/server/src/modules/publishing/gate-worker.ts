/**
 * The gate's worker: keeps the environments it was given prepared, and makes the next revision of one when it passes. Started
 * by ./gate.ts from the built file, ended by it at any moment: nothing here is the only copy of anything.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { createRegexEngine } from '@flaghoist/client/regex';
import type { EntityVersion } from '../changes/index.ts';
import { type FromWorker, PROGRESS, type ToWorker } from './gate-messages.ts';
import { Line } from './line.ts';

const port = parentPort;
if (port === null) throw new Error('gate-worker is started by the publisher, as a worker thread');

const progress = new Int32Array((workerData as { readonly progress: SharedArrayBuffer }).progress);
const lines = new Map<string, Line>();
let entities: EntityVersion[] = [];
const places = new Map<EntityVersion, number>();

const clock = {
  now: () => performance.now(),
  onStep(entity: EntityVersion): void {
    Atomics.store(progress, PROGRESS.entity, places.get(entity) ?? -1);
    Atomics.add(progress, PROGRESS.steps, 1);
  },
};

port.on('message', (message: ToWorker) => {
  Atomics.add(progress, PROGRESS.steps, 1);
  switch (message.type) {
    case 'entities':
      for (const entity of message.entities) places.set(entity, entities.push(entity) - 1);
      return;
    case 'drop':
      lines.delete(message.environmentId);
      return;
    default:
      answer(message);
      entities = [];
      places.clear();
      Atomics.store(progress, PROGRESS.entity, -1);
  }
});
tell({ type: 'ready' });

function answer(request: ToWorker & { readonly type: 'load' | 'next' }): void {
  try {
    if (request.type === 'load') {
      const line = new Line(request.environmentId, request.at, entities, { createRegex: createRegexEngine, clock });
      lines.set(request.environmentId, line);
      tell({ type: 'loaded', unprepared: line.unprepared });
    } else tell(...judge(request));
  } catch (error) {
    lines.delete(request.environmentId);
    tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
  }
}

function judge({ environmentId, proposal }: ToWorker & { readonly type: 'next' }): [FromWorker, ArrayBuffer?] {
  const line = lines.get(environmentId);
  if (line === undefined) throw new Error(`environment ${environmentId} was not loaded`);
  const judgement = line.next({ ...proposal, entities });
  if (!judgement.ok) return [{ type: 'refused', problem: judgement.problem }];
  const { publication, head, text } = judgement.block;
  const body = new TextEncoder().encode(text);
  return [{ type: 'passed', block: { publication, head, body } }, body.buffer];
}

function tell(message: FromWorker, moved?: ArrayBuffer): void {
  port?.postMessage(message, moved === undefined ? [] : [moved]);
}
