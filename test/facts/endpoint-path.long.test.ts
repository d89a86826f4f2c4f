// Rules, path and map agree on 500 random networks between a subnet and private endpoints.
import { agreesWithPaths } from '../support/random-endpoints.ts';

agreesWithPaths(500);
