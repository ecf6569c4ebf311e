// @ts-check
/** An application that evaluates in its own process, with Flaghoist's provider. */
import { FlaghoistProvider } from '@flaghoist/openfeature-server';
import { converse } from './conversation.mjs';

const logger = { error() {}, warn() {}, info() {}, debug() {} };
await converse((options) => new FlaghoistProvider({ logger, ...options }));
