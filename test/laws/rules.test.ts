// Every fix resolves its finding, announces its other effects, is not needed twice, and can be undone. Some of the rules;
// rules.long.test.ts has the others.
import { fixesAndUndoes } from '../support/rule-laws.ts';

fixesAndUndoes('some');
