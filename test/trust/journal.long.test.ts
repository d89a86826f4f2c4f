// Every fault at every call that a fix, its undo and its redo make to the disk.
import { journalFaults } from '../support/journal-faults.ts';
import { isFullRun } from '../support/trust-size.ts';

journalFaults(isFullRun ? 1 : 5);
