// Rules, path and map agree on every path to a private endpoint: random networks between a subnet and the endpoints. Some of them;
// endpoint-path.long.test.ts has more.
import { agreesWithPaths } from '../support/random-endpoints.ts';

agreesWithPaths(40);
