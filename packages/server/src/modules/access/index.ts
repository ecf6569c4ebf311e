/**
 * access: who may do what.
 *
 * Owns: tokens, SDK keys and when they were last used, people's grants and the one policy that every route passes.
 * Tables: tokens, keys, key_usage, grants.
 * Emits: entities of kind `key`: the access document that edges recognise keys by.
 * Never: stores or logs a secret; tells a stranger whether something exists.
 */
export { type Access, createAccess } from './access.ts';
export { type GrantByKey, type Grants, isSameScope, type NamedGrant, showGrant } from './grants.ts';
export { keyExists } from './key-existence.ts';
export { createUsageFolder } from './key-usage.ts';
export { installPolicy, type PolicyDeps, principalNow } from './policy.ts';
export { accessRoutes } from './routes.ts';
export { insertToken, showToken, type Tokens } from './tokens.ts';
