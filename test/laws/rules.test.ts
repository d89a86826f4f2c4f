// Every fix resolves its finding, announces its other effects, is not needed twice, and can be undone.
import { fixesAndUndoes } from '../support/rule-laws.ts';

fixesAndUndoes();
