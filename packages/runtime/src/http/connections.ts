import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The open connections of one server, each with its answers that are not finished, in the order they go out. */
export class Connections {
  readonly #answers = new Map<Socket, ServerResponse[]>();

  add(socket: Socket): void {
    this.#answers.set(socket, []);
    socket.once('close', () => this.#answers.delete(socket));
  }

  begin(socket: Socket, response: ServerResponse): void {
    const answers = this.#answers.get(socket);
    if (!answers) return;
    // Cleared here rather than on each answer's end: an array is cheaper than a listener for every request.
    for (const answer of answers)
      if (!isOver(answer)) {
        answers.push(response);
        return;
      }
    answers.length = 0;
    answers.push(response);
  }

  /** Whether a refusal written onto the connection now would be read as the answer to the request that failed. */
  canRefuse(socket: Socket): boolean {
    const answers = this.#answers.get(socket) ?? [];
    const open = answers.filter((answer) => !isOver(answer));
    const [first] = open;
    if (first === undefined) return answers.at(-1)?.req.complete ?? true;
    return open.length === 1 && !first.req.complete && !first.headersSent;
  }

  /** Whether an answer is under way, and what of it there is was not taken by its reader yet. */
  waitsForReader(socket: Socket): boolean {
    return socket.writableLength > 0 && this.#isAnswering(socket);
  }

  /**
   * Has every connection that waits for its reader say `timeout` when nothing leaves for `ms`. Called now and then instead of
   * for every answer: nearly all are gone at once. Node ends it with the answer.
   */
  watchReaders(ms: number): void {
    for (const socket of this.#answers.keys())
      if ((socket.timeout ?? 0) === 0 && this.waitsForReader(socket)) socket.setTimeout(ms);
  }

  /** Nothing came or left for a while: cuts the connection, unless the answer is still being made. */
  timedOut(socket: Socket): void {
    if (this.#isAnswering(socket) && !this.waitsForReader(socket)) socket.setTimeout(0);
    else socket.destroy();
  }

  /** Cuts connections that never sent anything, and makes those with open answers close after them. */
  closeAfterAnswers(onAnswered: () => void): void {
    for (const [socket, answers] of this.#answers) {
      if (socket.bytesRead === 0) socket.destroy();
      for (const answer of answers) {
        if (isOver(answer)) continue;
        if (!answer.headersSent) answer.shouldKeepAlive = false;
        answer.once('close', onAnswered);
      }
    }
  }

  destroyAll(): void {
    for (const socket of this.#answers.keys()) socket.destroy();
  }

  #isAnswering(socket: Socket): boolean {
    return this.#answers.get(socket)?.some((answer) => !isOver(answer)) === true;
  }
}

function isOver(response: ServerResponse): boolean {
  return response.writableFinished || response.destroyed;
}
