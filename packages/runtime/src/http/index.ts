/** HTTP for every role: one port, bodies with limits, problems as answers, and a small client. */
export { clientCertificateProblem, explainConnection, isTlsRefusal } from './connection-problem.ts';
export { createListener, type Listener, type ListenerOptions, type Mount } from './listener.ts';
export { DEFAULT_LIMITS, type ListenerLimits } from './listener-limits.ts';
export { type BodyResult, readBody, type ReadBodyOptions, receiveBody } from './read-body.ts';
export { request, RequestError, type RequestOptions, type RequestResult } from './request.ts';
export { parseRetryAfter } from './retry-after.ts';
export { type Problem, sendProblem } from './send-problem.ts';
export { openTextStream, type StreamEnding, type TextStreamOptions } from './text-stream.ts';
