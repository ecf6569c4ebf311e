/**
 * access: who may do what.
 *
 * Owns: setup secrets, tokens, SDK keys, people's grants and the one policy that every route passes.
 * Tables: setup_secrets, tokens, keys, grants.
 * Emits: entities of kind `key`: the access document that edges recognise keys by.
 * Never: stores or logs a secret; tells a stranger whether something exists.
 */
export { type Access, createAccess } from './access.ts';
export { type GrantByKey, type Grants, isSameScope, type NamedGrant, showGrant } from './grants.ts';
export { installPolicy } from './policy.ts';
export { accessRoutes } from './routes.ts';
