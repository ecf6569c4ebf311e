/**
 * Idempotency: a retry after an unknown outcome gets the true result. Looked up first in the write's own transaction; a
 * second request with the same key waits for the first one's transaction at the record's unique index.
 */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto';
import { randomBytes, sha256 } from '@flaghoist/runtime/crypto';
import { affected, type Db, row, sql, type Tx } from '../../platform/database.ts';
import { Refusal } from '../../platform/refusal.ts';
import type { Answer, Command } from './command.ts';

const IV = 12;
const TAG = 16;
/** How long an answer is kept for a retry. */
const KEPT_HOURS = 24;

/** The earlier answer, or null when this request is the first one with its key. */
export async function claim(tx: Tx, command: Command, at: string): Promise<Answer | null> {
  if (command.idempotencyKey === null) return null;
  const id = recordId(command, command.idempotencyKey);
  const fingerprint = keyedFingerprint(command, command.idempotencyKey);
  const claimed = await affected(
    tx,
    sql`insert into idempotency_records (id, fingerprint, at) values (${id}, ${fingerprint}, ${at}) on conflict do nothing`,
  );
  if (claimed === 1) return null;
  const record = await row(
    tx,
    sql<{
      fingerprint: string;
      answer: Uint8Array;
    }>`select fingerprint, answer from idempotency_records where id = ${id}`,
  );
  if (record === undefined) throw new Error('an idempotency record vanished while it was read');
  if (record.fingerprint !== fingerprint)
    throw new Refusal(
      'idempotency_key_reused',
      'This Idempotency-Key was sent with another request. Use a new random one for each request that is not a retry.',
    );
  return unseal(Buffer.from(record.answer), command.idempotencyKey, id);
}

/** Keeps the answer, and notifies channels, in one statement: the lines that were written are locked until the commit. */
export async function remember(
  tx: Tx,
  command: Command,
  answer: Answer,
  told: readonly { readonly channel: string; readonly payload: string }[],
): Promise<void> {
  const channels = told.map(({ channel }) => channel);
  const payloads = told.map(({ payload }) => payload);
  const notify = sql`select pg_notify(channel, payload)
    from unnest(${channels}::text[], ${payloads}::text[]) as told (channel, payload)`;
  if (command.idempotencyKey === null) {
    if (told.length > 0) await notify.execute(tx);
    return;
  }
  const id = recordId(command, command.idempotencyKey);
  const sealed = seal(answer, command.idempotencyKey, id);
  await sql`with kept as (update idempotency_records set answer = ${sealed} where id = ${id}) ${notify}`.execute(tx);
}

export async function forgetOld(db: Db): Promise<number> {
  return affected(db, sql`delete from idempotency_records where at < now() - make_interval(hours => ${KEPT_HOURS})`);
}

function recordId(command: Command, key: string): string {
  return sha256(`${command.actor.id}\n${key}`);
}

/** Requests hold passwords: a plain hash of one would let whoever has a copy of the database guess it at full speed. */
function keyedFingerprint({ fingerprint }: Command, idempotencyKey: string): string {
  return createHmac('sha256', idempotencyKey).update(fingerprint).digest('hex');
}

function keyFor(idempotencyKey: string, id: string): Buffer {
  return Buffer.from(hkdfSync('sha256', idempotencyKey, id, 'flaghoist idempotency record', 32));
}

function seal(answer: Answer, idempotencyKey: string, id: string): Buffer {
  const iv = randomBytes(IV);
  const cipher = createCipheriv('aes-256-gcm', keyFor(idempotencyKey, id), iv);
  const body = Buffer.concat([cipher.update(JSON.stringify(answer), 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]);
}

function unseal(sealed: Buffer, idempotencyKey: string, id: string): Answer {
  const decipher = createDecipheriv('aes-256-gcm', keyFor(idempotencyKey, id), sealed.subarray(0, IV));
  decipher.setAuthTag(sealed.subarray(IV, IV + TAG));
  const text = Buffer.concat([decipher.update(sealed.subarray(IV + TAG)), decipher.final()]).toString('utf8');
  return JSON.parse(text) as Answer;
}
