/** TLS on both ends: certificates of listeners and of who connects to them, read again when their files change. */
export {
  openOutgoingTls,
  type OutgoingTls,
  type OutgoingTlsOptions,
  type OutgoingTlsSources,
} from './outgoing-tls.ts';
export {
  CertificateError,
  readNotAfter,
  type ServerCertificate,
  type ServerCertificateFiles,
} from './server-certificate.ts';
export { type CertificateStatus, openServerTls, type ServerTls, type ServerTlsOptions } from './server-tls.ts';
