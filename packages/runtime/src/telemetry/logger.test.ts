import { describe, expect, it } from 'vitest';
import { createLogger } from './logger.ts';

function logged(log: (logger: ReturnType<typeof createLogger>) => void): Record<string, unknown> {
  const lines: string[] = [];
  log(createLogger({ level: 'debug', name: 'test', destination: { write: (line) => void lines.push(line) } }));
  expect(lines).toHaveLength(1);
  return JSON.parse(lines.at(0)!) as Record<string, unknown>;
}

const SECRET = 'fh_server_s3cr3t';
const MEMBERS = [
  'authorization',
  'Authorization',
  'x-api-key',
  'X-API-Key',
  'cookie',
  'set-cookie',
  'key',
  'apiKey',
  'token',
  'secret',
  'password',
  'context',
  'targetingKey',
];

describe('a logger', () => {
  it('writes name, level, members and message as one JSON object', () => {
    const line = logged((logger) => logger.info({ environment: 'production', revision: 7 }, 'published'));
    expect(line).toMatchObject({ name: 'test', level: 30, environment: 'production', revision: 7, msg: 'published' });
  });

  it('writes nothing below its level', () => {
    const lines: string[] = [];
    const logger = createLogger({
      level: 'warn',
      name: 'test',
      destination: { write: (line) => void lines.push(line) },
    });
    logger.info('quiet');
    logger.warn('loud');
    expect(lines).toHaveLength(1);
  });

  it.each(MEMBERS)('hides the member %s at every level down to the fifth', (member) => {
    const hidden = { [member]: SECRET };
    const line = logged((logger) =>
      logger.info({
        ...hidden,
        a: { ...hidden, b: { ...hidden, list: [hidden, { c: SECRET.slice(0, 3), ...hidden }] } },
      }),
    );
    expect(JSON.stringify(line)).not.toContain(SECRET);
    expect(line[member]).toBe('[redacted]');
    expect(line['a']).toMatchObject({
      [member]: '[redacted]',
      b: { [member]: '[redacted]', list: [{ [member]: '[redacted]' }, { c: 'fh_' }] },
    });
  });

  it('hides whole contexts', () => {
    const line = logged((logger) => logger.info({ request: { context: { targetingKey: 'ada', plan: 'gold' } } }));
    expect(line['request']).toEqual({ context: '[redacted]' });
  });

  it('hides them in bindings of child loggers and in members of errors', () => {
    const error = Object.assign(new Error('refused'), {
      token: SECRET,
      config: { headers: { authorization: SECRET } },
    });
    const line = logged((logger) => logger.child({ auth: { token: SECRET } }).error({ err: error }, 'failed'));
    expect(JSON.stringify(line)).not.toContain(SECRET);
    expect(line['err']).toMatchObject({ message: 'refused', token: '[redacted]' });
  });

  it('leaves the logged object itself as it was', () => {
    const given = { a: { token: SECRET } };
    logged((logger) => logger.info(given));
    expect(given).toEqual({ a: { token: SECRET } });
  });

  it('writes of a request only method and path, because a query may hold a credential', () => {
    const request = { method: 'GET', url: `/stream?token=${SECRET}`, headers: { host: 'x' } };
    const line = logged((logger) => logger.info({ req: request, res: { statusCode: 401, headersSent: true } }));
    expect(line).toMatchObject({ req: { method: 'GET', path: '/stream' }, res: { status: 401 } });
    expect(JSON.stringify(line)).not.toContain(SECRET);
  });
});
