// The places and sizes of the main job that screen.test.ts leaves out.
import { mainJob } from '../support/main-job.ts';

mainJob('others');
