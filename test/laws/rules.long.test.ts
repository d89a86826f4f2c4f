// The law of fixes for the rules that rules.test.ts leaves out.
import { fixesAndUndoes } from '../support/rule-laws.ts';

fixesAndUndoes('others');
