// The supervisor's entry: plain JavaScript, so that the packed product has it under the same name.
import { text } from 'node:stream/consumers';
import { supervise } from './supervise.ts';

// Without orders: whoever started it was killed before it could give them.
const orders = await text(process.stdin);
if (orders !== '') await supervise(JSON.parse(orders));
