// The moments of a kill that crash.test.ts leaves out.
import { killedAtMoments } from '../support/kills.ts';

killedAtMoments('others');
