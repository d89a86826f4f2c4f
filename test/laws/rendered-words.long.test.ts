// The sentences of the worlds that rendered-words.test.ts leaves out.
import { wordsAreRight } from '../support/rendered-words.ts';

wordsAreRight('others');
