// All systems of the article in one world, and each in its own.
import { thereAndBack } from '../support/there-and-back.ts';

thereAndBack();
