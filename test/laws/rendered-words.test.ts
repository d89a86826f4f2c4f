// The sentences of the worlds.
import { wordsAreRight } from '../support/rendered-words.ts';

wordsAreRight();
