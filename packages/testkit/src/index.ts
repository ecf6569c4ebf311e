export {
  type Authority,
  type Certificate,
  type CertificateOptions,
  createAuthority,
  createCertificate,
} from './certificates.ts';
export { childrenOf } from './child-processes.ts';
export { createFakeClock, type FakeClock } from './fake-clock.ts';
export { freePort } from './free-port.ts';
