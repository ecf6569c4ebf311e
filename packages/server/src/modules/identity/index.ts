/**
 * identity: people, how they sign in, and how a new one gets in.
 *
 * Owns: people, their credentials and sessions, second factors, invitations, password resets, connections to identity
 * providers, the setup of a new installation and its recovery, the limits on guessing, and the installation's secret.
 * Tables: people, credentials, sessions, verifications, totp, recovery_codes, invitations, invitation_grants,
 * password_resets, connections, connection_people, connection_grants, connection_returns, sign_in_attempts, setup_secrets, secret_check.
 * Emits: nothing.
 * Never: stores or logs what would sign somebody in; decides what a person may do, which access does.
 */
export { createIdentity, type Identity, type IdentityDeps } from './identity.ts';
export { createInstallationSecret, type InstallationSecret, loadInstallationSecret } from './installation-secret.ts';
export type { PasswordHasher } from './passwords.ts';
export { writeRecovery } from './recovery-file.ts';
export { readPublicUrl } from './request-origin.ts';
export { identityRoutes } from './routes.ts';
export { isLoopbackHost } from './sso-addresses.ts';
