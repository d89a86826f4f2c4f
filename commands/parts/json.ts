// Between typed results and the JSON that a command returns.
import type { Json } from '../../src/model/json.ts';

/** A result as JSON: plain data whose type merely lacks an index signature. */
export const asJson = (result: object): Json => result as Json;
/** A command's own result, as it was before {@link asJson}. */
export const shapeOf = <Shape>(result: Json): Shape => result as unknown as Shape;
