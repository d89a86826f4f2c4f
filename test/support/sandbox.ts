// The what-if simulator for sessions that tests make: the product's own.
import { openSandbox } from '../../src/main/open-what-if-simulator.ts';

export const sandbox = openSandbox('test');

/** What a session over files is made with besides its files. */
export const forFiles = { sandbox, now: () => new Date('2026-03-01T12:00:00Z'), newId: () => 'id' };
