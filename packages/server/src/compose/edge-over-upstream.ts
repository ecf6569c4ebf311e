/** An edge alone, over another edge or server: loads no database driver, and nothing of the control plane. */
import { createUpstream } from '@flaghoist/edge';
import { parseSecret } from '@flaghoist/protocol/keys';
import { sha256 } from '@flaghoist/runtime/crypto';
import type { Logger } from '@flaghoist/runtime/telemetry';
import { OperatorError } from '../platform/operator-error.ts';
import type { UpstreamAddress } from '../server-options.ts';
import type { Above } from './edge-process.ts';

/** Throws OperatorError `UPSTREAM`, `RELAY_KEY`. */
export function createAboveUpstream(upstream: UpstreamAddress, logger: Logger): Above {
  const { source, queue, confirmKey } = createUpstream({ ...checkUpstream(upstream), logger });
  return { follow: { source, queue, confirmKey } };
}

function checkUpstream({ url, key }: UpstreamAddress): UpstreamAddress {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !/^https?:$/.test(parsed.protocol) || parsed.search !== '' || parsed.hash !== '')
    throw new OperatorError('UPSTREAM', `"${url}" is not the http or https address of an edge or server.`);
  if (parseSecret(key, sha256)?.kind !== 'relay')
    throw new OperatorError(
      'RELAY_KEY',
      'The relay key is none: it begins with fhr_. `flaghoist keys create --kind relay` makes one.',
    );
  return { url: url.replace(/\/+$/, ''), key };
}
