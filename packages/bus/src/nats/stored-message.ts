/** Messages as JetStream keeps them and hands them out. */
import type { Msg } from '@nats-io/transport-node';
import { plainBytes } from '../plain-bytes.ts';

/** A message as JetStream keeps it. */
export interface StoredMessage {
  readonly subject: string;
  readonly seq: number;
  /** Milliseconds since 1970, by the server's clock. */
  readonly storedAt: number;
  /** Empty: there is no such header. */
  readonly header: (name: string) => string;
  readonly data: Uint8Array;
}

/** A message that was handed out, and the subject on which it is acknowledged. */
export interface PulledMessage {
  readonly subject: string;
  readonly seq: number;
  readonly reply: string;
  readonly header: (name: string) => string;
  readonly data: Uint8Array;
}

/** As `STREAM.MSG.GET` answers. */
export interface Kept {
  readonly subject: string;
  readonly seq: number;
  readonly time: string;
  readonly hdrs?: string;
  readonly data?: string;
}

export function fromPull(message: Msg): PulledMessage {
  const { subject, headers, reply = '' } = message;
  const data = plainBytes(message.data);
  // $JS.ACK.STREAM.CONSUMER.DELIVERIES.SEQUENCE.CONSUMER-SEQUENCE.TIME.PENDING, or since 2.10 perhaps with a domain and an account in front.
  const parts = reply.split('.');
  const seq = Number(parts[parts.length > 9 ? 7 : 5]);
  return { subject, seq, reply, header: (name) => headers?.get(name) ?? '', data };
}

export function fromDirect(message: Msg): StoredMessage {
  const { headers } = message;
  const header = (name: string): string => headers?.get(name) ?? '';
  return {
    subject: header('Nats-Subject'),
    seq: Number(header('Nats-Sequence')),
    storedAt: Date.parse(header('Nats-Time-Stamp')),
    header,
    data: plainBytes(message.data),
  };
}

export function fromKept({ subject, seq, time, hdrs = '', data = '' }: Kept): StoredMessage {
  const lines = Buffer.from(hdrs, 'base64').toString().split('\r\n').slice(1);
  const values = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon > 0) values.set(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  const bytes = Buffer.from(data, 'base64');
  return {
    subject,
    seq,
    storedAt: Date.parse(time),
    header: (name) => values.get(name) ?? '',
    data: plainBytes(bytes),
  };
}
