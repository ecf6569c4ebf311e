/** Ids of messages on the bus: environment, epoch and revision, and whether the message is a checkpoint of them. */

export interface Place {
  readonly epoch: number;
  readonly revision: number;
}

/** A stream's end. */
export interface BusHead {
  readonly position: number;
  readonly id: string;
}

export function messageId(environmentId: string, { epoch, revision }: Place): string {
  return `${environmentId}.${epoch}.${revision}`;
}

/** A checkpoint of the same revision with another key's signature is another message. `keyId` absent: it has none. */
export function checkpointId(environmentId: string, at: Place, keyId?: string): string {
  return `${messageId(environmentId, at)}.checkpoint${keyId === undefined ? '' : `.${keyId}`}`;
}

export function placeIn(id: string): Place {
  const [, epoch, revision] = id.split('.');
  return { epoch: Number(epoch), revision: Number(revision) };
}

export function formatPlace({ epoch, revision }: Place): string {
  return `${epoch}.${revision}`;
}

/** The head that a message begins with. */
export function headIn(body: Uint8Array): string {
  const end = body.indexOf(0x0a);
  return Buffer.from(body.subarray(0, end < 0 ? body.length : end)).toString();
}
