// The sentences of some worlds; rendered-words.long.test.ts has those of the others.
import { wordsAreRight } from '../support/rendered-words.ts';

wordsAreRight('some');
