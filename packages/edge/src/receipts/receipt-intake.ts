/** `POST receipts`: checks one and counts it. What is not counted is heard of again with the next. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { checkReceipt, RECEIPT_LIMITS } from '@flaghoist/protocol/exposures';
import { readBody } from '@flaghoist/runtime/http';
import { refuse } from '../doors/native/refuse.ts';
import type { Receipts } from './receipts.ts';

export interface ReceiptIntakeOptions {
  readonly receipts: Receipts;
  readonly limits: { readonly bodyDeadlineMs: number };
}

export class ReceiptIntake {
  readonly #options: ReceiptIntakeOptions;

  constructor(options: ReceiptIntakeOptions) {
    this.#options = options;
  }

  /** `environment`: that of the key; a receipt cannot name another. */
  async take(request: IncomingMessage, response: ServerResponse, environment: string): Promise<void> {
    const { receipts, limits } = this.#options;
    const read = await readBody(request, { limitBytes: RECEIPT_LIMITS.bytes, deadlineMs: limits.bodyDeadlineMs });
    if (!read.ok) {
      refuse(response, read.status, read.code, read.detail);
      return;
    }
    let value: unknown;
    try {
      value = JSON.parse(read.body.toString());
    } catch {
      refuse(response, 400, 'not_json', 'The body is not JSON.');
      return;
    }
    const checked = checkReceipt(value);
    if (!checked.ok) {
      refuse(response, 400, 'receipt_invalid', checked.message, null, checked.path);
      return;
    }
    const answer = `{"accepted":true,"spreadMs":${receipts.take(environment, checked.receipt)}}`;
    response.writeHead(202, {
      'content-type': 'application/json',
      'content-length': answer.length,
      'cache-control': 'no-store',
    });
    response.end(answer);
  }
}
