/** Requests over TLS, with certificates of a test's own. */
import { request, type RequestResult } from '@flaghoist/runtime/http';
import { openOutgoingTls, type OutgoingTlsSources } from '@flaghoist/runtime/tls';
import { expect } from 'vitest';
import type { Scene } from './scene.ts';

export interface SecureClient {
  /** Rejects when there is no answer. */
  send(method: string, url: string, init?: SentAlong): Promise<RequestResult>;
}

interface SentAlong {
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

export async function openSecureClient(scene: Scene, sources: OutgoingTlsSources): Promise<SecureClient> {
  const tls = await openOutgoingTls({ sources });
  scene.atEnd(async () => tls.stop());
  expect(tls.problem).toBeNull();
  return {
    send: (method, url, { body, headers = {} } = {}) =>
      request({
        url,
        method,
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        timeoutMs: 20_000,
        maxBytes: 1 << 20,
        tls,
      }),
  };
}
