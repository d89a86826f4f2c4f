// The systems of the article, each in its own world.
import { thereAndBack } from '../support/there-and-back.ts';

thereAndBack('others');
