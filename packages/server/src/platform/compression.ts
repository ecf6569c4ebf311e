/** Long answers go compressed to who takes that: a page of flags shrinks to a twentieth. */
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Characters. Shorter ones fit a few packets as they are. */
const LEAST = 4_096;
const compress = promisify(gzip);
/** More takes twice the time for a tenth less. */
const OPTIONS = { level: constants.Z_BEST_SPEED };
/** Among others, and not with a quality of 0. */
const TAKES_GZIP = /(?:^|,)\s*gzip\s*(?:;\s*q=(?:1[.0]*|0\.0*[1-9]\d*)\s*)?(?:,|$)/i;

/**
 * For `onSend`. No long answer holds a secret beside what somebody else could make it say, so that its length tells nothing about
 * the secret.
 */
export async function compressLong(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
  if (typeof payload !== 'string' || payload.length < LEAST) return payload;
  reply.header('vary', 'accept-encoding');
  if (!TAKES_GZIP.test(request.headers['accept-encoding'] ?? '')) return payload;
  reply.header('content-encoding', 'gzip').removeHeader('content-length');
  return compress(payload, OPTIONS);
}
