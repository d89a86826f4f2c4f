// A part of the faults of journal.long.test.ts: enough that a mistake in the order of writing shows.
import { journalFaults } from '../support/journal-faults.ts';

journalFaults(8);
