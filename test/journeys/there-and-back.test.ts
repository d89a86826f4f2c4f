// All systems of the article in one world, and one in its own; there-and-back.long.test.ts goes through the others.
import { thereAndBack } from '../support/there-and-back.ts';

thereAndBack('some');
