// Every export format, in the order of help.
import { arm } from './arm.ts';
import { az } from './az.ts';
import type { ExportShape } from './shape.ts';

export type { Exported } from './shape.ts';
export const shapes: readonly [ExportShape, ...ExportShape[]] = [arm, az];
