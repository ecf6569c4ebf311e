// @ts-check
/** The floor: a process that does nothing but watch its own event loop, at the same time on the same machine. */
import { endWithInput } from '../process/end-with-input.mjs';
import './event-loop.mjs';

endWithInput(async () => undefined);
console.log('ready');
