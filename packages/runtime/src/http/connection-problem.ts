/** Why a connection could not be made, in words that say what to do. */

const UNKNOWN_AUTHORITY =
  'its certificate comes from an authority that is not known here. Name the file of that authority where this program is told whom to believe, or in NODE_EXTRA_CA_CERTS';

const EXPLANATIONS: ReadonlyMap<string, string> = new Map([
  [
    'CERT_HAS_EXPIRED',
    'its certificate has expired, and nothing is sent without a good one. It has to be renewed there; if it was, look at the clock of this machine',
  ],
  ['CERT_NOT_YET_VALID', 'its certificate is not valid yet. Look at the clocks of both machines'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', UNKNOWN_AUTHORITY],
  ['SELF_SIGNED_CERT_IN_CHAIN', UNKNOWN_AUTHORITY],
  ['UNABLE_TO_GET_ISSUER_CERT', UNKNOWN_AUTHORITY],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', UNKNOWN_AUTHORITY],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', UNKNOWN_AUTHORITY],
  ['CERT_SIGNATURE_FAILURE', UNKNOWN_AUTHORITY],
]);

const NOT_TLS = /wrong version number|packet length too long/;

/** Whether it is a failure of TLS that comes before the first byte of a request is sent. */
export function isTlsRefusal(error: Error): boolean {
  const code = codeOf(error);
  return EXPLANATIONS.has(code) || code === 'ERR_TLS_CERT_ALTNAME_INVALID' || NOT_TLS.test(error.message);
}

/** Without a full stop. Anything but TLS is said as the system says it. */
export function explainConnection(error: Error): string {
  const code = codeOf(error);
  const explanation = EXPLANATIONS.get(code);
  if (explanation !== undefined) return `${explanation} (${code})`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `its certificate is for other names: ${error.message}`;
  if (NOT_TLS.test(error.message))
    return 'what answers there does not speak TLS. An address for plain HTTP begins with http://';
  return error.message || code;
}

/** What a listener says to who has not shown the certificate it asks for, from its whole answer; null: it is about something else. */
export function clientCertificateProblem(status: number, body: string): string | null {
  if (status !== 400 || !body.includes('"client_certificate_')) return null;
  try {
    const { code, detail } = JSON.parse(body) as { readonly code?: unknown; readonly detail?: unknown };
    return String(code).startsWith('client_certificate_') ? String(detail) : null;
  } catch {
    return null;
  }
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : '';
}
