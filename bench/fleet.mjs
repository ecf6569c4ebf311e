// @ts-check
import { measureBurst } from './fleet/burst.mjs';
import { measureLarge } from './fleet/large.mjs';
import { measureEdges } from './fleet/edges.mjs';
import { measureFleetLatency } from './fleet/latency.mjs';
import { measureWorkers } from './fleet/workers.mjs';
import { createBenchOfParts } from './measure/parts.mjs';

export default createBenchOfParts('how fast a fleet over PostgreSQL and NATS has changes, and what it takes', {
  latency: measureFleetLatency,
  burst: measureBurst,
  workers: measureWorkers,
  edges: measureEdges,
  large: measureLarge,
});
