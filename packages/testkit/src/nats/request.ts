/** One request to a NATS server, in its own words: tests of other packages need no client for more. */
import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';

const ANSWERED_WITHIN_MS = 2_000;

/** The answer, which is JSON; null: none came within two seconds. */
export function requestOf(port: number, subject: string): Promise<unknown> {
  return new Promise((resolve) => {
    const inbox = `_INBOX.${randomUUID()}`;
    const socket = connect(port, '127.0.0.1');
    let heard = '';
    const end = (answer: unknown): void => {
      clearTimeout(late);
      socket.destroy();
      resolve(answer);
    };
    const late = setTimeout(() => end(null), ANSWERED_WITHIN_MS);
    socket.setEncoding('utf8').on('error', () => end(null));
    socket.on('data', (text: string) => {
      heard += text;
      const [, length = '', rest = ''] = /^MSG \S+ 1 (\d+)\r\n([^]*)/m.exec(heard) ?? [];
      if (length !== '' && rest.length >= Number(length)) end(JSON.parse(rest.slice(0, Number(length))));
    });
    socket.write(`CONNECT {"verbose":false,"pedantic":false}\r\nSUB ${inbox} 1\r\nPUB ${subject} ${inbox} 0\r\n\r\n`);
  });
}
