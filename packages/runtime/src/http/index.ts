/** HTTP for every role: one port, bodies with limits, problems as answers, and a small client. */
export { createListener, type Listener, type ListenerOptions, type Mount } from './listener.ts';
export { DEFAULT_LIMITS, type ListenerLimits } from './listener-limits.ts';
export { type BodyResult, readBody, type ReadBodyOptions, receiveBody } from './read-body.ts';
export { request, RequestError, type RequestOptions, type RequestResult } from './request.ts';
export { type Problem, sendProblem } from './send-problem.ts';
