/** The names that the bus has on a NATS server. Everything begins with the prefix, so that several installations share one. */
import { createHash } from 'node:crypto';

const PLAIN = /^[A-Za-z0-9_-]{1,120}$/;
const LONGEST_NAME_BYTES = 150;

/** As one token of a subject. Names of letters, digits, - and _ stay as they are. Throws a RangeError beyond 150 bytes. */
export function nameToken(name: string): string {
  if (PLAIN.test(name)) return name;
  const bytes = Buffer.from(name);
  if (bytes.length > LONGEST_NAME_BYTES)
    throw new RangeError(`Names on the bus have at most ${LONGEST_NAME_BYTES} bytes: ${name.slice(0, 40)}...`);
  return `=${bytes.toString('base64url')}`;
}

export function nameOfToken(token: string): string {
  return token.startsWith('=') ? Buffer.from(token.slice(1), 'base64url').toString() : token;
}

/** As `nameToken`, for ids of any length: one way only. */
export function idToken(id: string): string {
  return PLAIN.test(id) ? id : `=${createHash('sha256').update(id).digest('base64url')}`;
}

/** Header values are one line of ASCII. */
export function formatText(text: string): string {
  return encodeURIComponent(text);
}

export function parseText(value: string): string {
  return decodeURIComponent(value);
}

/** Subjects of the log in one life of its JetStream stream: see `NatsLog`. */
export interface LogSubjects {
  readonly messages: (stream: string) => string;
  readonly allMessages: string;
  readonly pieces: (stream: string, tag: string) => string;
  readonly allPieces: (stream: string) => string;
}

export interface Names {
  readonly log: string;
  /** What the log's stream takes, in the life that bears this name. */
  readonly logPatterns: (life: string) => readonly string[];
  readonly logSubjects: (life: string) => LogSubjects;
  /** Where the server says that something was appended. */
  readonly logNews: News;
  readonly queue: (queue: string) => QueueNames;
}

export interface QueueNames {
  readonly stream: string;
  readonly patterns: readonly string[];
  readonly item: (id: string) => string;
  readonly allItems: string;
  readonly pieces: string;
  readonly news: News;
}

/** What the server says again without its body, under which subject, and what to listen to. */
export interface News {
  readonly source: string;
  /** With a wildcard, because servers before 2.10 refuse one without. */
  readonly target: string;
  readonly heard: string;
}

export function createNames(prefix: string): Names {
  if (!PLAIN.test(prefix)) throw new RangeError(`The prefix of the bus has letters, digits, - and _ only: ${prefix}`);
  return {
    log: `${prefix}_log`,
    logPatterns: (life) => [`${prefix}.log.${life}.*`, `${prefix}.piece.${life}.*.*`],
    logSubjects: (life) => ({
      messages: (stream) => `${prefix}.log.${life}.${nameToken(stream)}`,
      allMessages: `${prefix}.log.${life}.*`,
      pieces: (stream, tag) => `${prefix}.piece.${life}.${nameToken(stream)}.${tag}`,
      allPieces: (stream) => `${prefix}.piece.${life}.${nameToken(stream)}.*`,
    }),
    logNews: {
      // The same in every life: a server 2.9 that was away while the stream was made anew dies of another one, again and again.
      source: `${prefix}.log.*.*`,
      target: `${prefix}.news.log.{{wildcard(1)}}.{{wildcard(2)}}`,
      heard: `${prefix}.news.log.*.*`,
    },
    queue: (queue) => {
      const token = nameToken(queue);
      return {
        stream: `${prefix}_queue_${token}`,
        patterns: [`${prefix}.item.${token}.*`, `${prefix}.part.${token}`],
        item: (id) => `${prefix}.item.${token}.${idToken(id)}`,
        allItems: `${prefix}.item.${token}.*`,
        pieces: `${prefix}.part.${token}`,
        news: {
          source: `${prefix}.item.${token}.*`,
          target: `${prefix}.news.item.${token}.{{wildcard(1)}}`,
          heard: `${prefix}.news.item.${token}.*`,
        },
      };
    },
  };
}
