// @ts-check
/** An application that asks over OFREP, with the provider that npm has for it. */
import { OFREPProvider } from '@openfeature/ofrep-provider';
import { converse } from './conversation.mjs';

await converse(({ url, key }) => new OFREPProvider({ baseUrl: url, headers: [['Authorization', `Bearer ${key}`]] }));
