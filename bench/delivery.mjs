// @ts-check
import { measureLatency } from './delivery/latency.mjs';
import { measureRequests } from './delivery/requests.mjs';
import { measureRestart } from './delivery/restart.mjs';
import { measureStreams } from './delivery/streams.mjs';
import { createBenchOfParts } from './measure/parts.mjs';

export default createBenchOfParts('how fast and to how many an edge delivers, beside bare servers', {
  requests: measureRequests,
  streams: measureStreams,
  latency: measureLatency,
  restart: measureRestart,
});
