// Functions about whole numbers (template-functions-numeric).
import { asNumber, isArray, type Json } from '../../model/json.ts';
import { TemplateError } from '../limits.ts';
import { holdsOpen, open, wantNumber, wantText } from '../values.ts';
import { type FunctionBody, type FunctionTable, strict } from './function.ts';

const checked = (value: number): number => {
  if (!Number.isSafeInteger(value)) throw new TemplateError('the number is too large');
  // No negative zero.
  return value === 0 ? 0 : value;
};
const two = (work: (a: number, b: number) => number): FunctionBody => {
  return ([a, b]) => checked(work(wantNumber(a), wantNumber(b)));
};
const whole =
  (work: (a: number, b: number) => number): FunctionBody =>
  ([a, b]) => {
    const [dividend, divisor] = [wantNumber(a), wantNumber(b)];
    if (divisor === 0) throw new TemplateError('division by zero');
    return checked(work(dividend, divisor));
  };

/** Of numbers given one by one, or as an array. */
const extreme =
  (choose: (...numbers: number[]) => number): FunctionBody =>
  (args, call) => {
    const [first] = args;
    const items: readonly Json[] = args.length === 1 && isArray(first) ? first : args;
    if (items.some(holdsOpen)) return open(call.print(), 'a number among them is not known');
    if (items.length === 0) throw new TemplateError('there is no number');
    return items.map(wantNumber).reduce((a, b) => choose(a, b));
  };

const int: FunctionBody = ([value]) => {
  const number = asNumber(value);
  if (number !== undefined) return checked(Math.trunc(number));
  const text = wantText(value).trim();
  if (!/^[+-]?\d+$/.test(text)) throw new TemplateError('the text is not a whole number');
  return checked(Number(text));
};

export const numberFunctions: FunctionTable = {
  add: strict(two((a, b) => a + b)),
  sub: strict(two((a, b) => a - b)),
  mul: strict(two((a, b) => a * b)),
  div: strict(whole((a, b) => Math.trunc(a / b))),
  mod: strict(whole((a, b) => a % b)),
  min: strict(extreme(Math.min)),
  max: strict(extreme(Math.max)),
  int: strict(int),
};
