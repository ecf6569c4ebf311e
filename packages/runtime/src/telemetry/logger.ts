import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LoggerOptions {
  readonly level: LogLevel;
  /** Stands in every line. */
  readonly name: string;
  /** Absent: standard output. */
  readonly destination?: DestinationStream;
}

/** Members that never reach a log: what opens a door, and what an application told us about its users. */
const SECRET_MEMBERS = [
  'authorization',
  'Authorization',
  'x-api-key',
  'X-API-Key',
  'cookie',
  'Cookie',
  'set-cookie',
  'Set-Cookie',
  'key',
  'apiKey',
  'token',
  'secret',
  'password',
  'context',
  'contexts',
  'targetingKey',
];
const REDACTED_DEPTH = 5;

/**
 * A logger that writes one JSON object a line. Members with the names above are replaced by `[redacted]` down to the
 * fifth level of what is logged, in bindings of child loggers and in members of errors too. Messages are written as
 * they are: put data into members. `req` and `res` may be Node's request and response; a request's query, which may
 * hold a credential, is left out.
 */
export function createLogger({ level, name, destination }: LoggerOptions): Logger {
  const options = {
    level,
    name,
    redact: { paths: SECRET_MEMBERS.flatMap(pathsOf), censor: '[redacted]' },
    serializers: { err: stdSerializers.err, req: describeRequest, res: describeResponse },
  };
  return destination ? pino(options, destination) : pino(options);
}

/** `["key"]`, `*["key"]`, `*.*["key"]`, ...: one path for each level. */
function pathsOf(member: string): readonly string[] {
  const depths = [...Array(REDACTED_DEPTH).keys()];
  return depths.map((depth) => `${Array(depth).fill('*').join('.')}["${member}"]`);
}

function describeRequest(request: { readonly method?: string; readonly url?: string }): object {
  return { method: request.method, path: request.url?.split('?', 1)[0] };
}

function describeResponse(response: { readonly statusCode?: number }): object {
  return { status: response.statusCode };
}
