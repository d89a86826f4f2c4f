// The shipped program killed in the middle of an apply, at many moments.
import { killedAtMoments } from '../support/kills.ts';

killedAtMoments();
