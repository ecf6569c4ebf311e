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
}

function isOver(response: ServerResponse): boolean {
  return response.writableFinished || response.destroyed;
}
