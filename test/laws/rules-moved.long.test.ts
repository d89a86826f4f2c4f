// An undo stops at a setting that others changed since, for every rule that has a fix.
import { undoesOnlyItsOwn } from '../support/rule-laws.ts';

undoesOnlyItsOwn();
