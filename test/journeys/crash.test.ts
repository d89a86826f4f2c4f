// The shipped program killed in the middle of an apply, at some moments; crash.long.test.ts has the others.
import { killedAtMoments } from '../support/kills.ts';

killedAtMoments('some');
