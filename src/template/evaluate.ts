// The value of an expression. What cannot be computed becomes an open value with the reason; only a limit stops the whole file.
import { isArray, isObject, type Json } from '../model/json.ts';
import { memberIgnoringCase } from '../model/pointer.ts';
import { clean } from '../model/text.ts';
import { type Expression, printExpression } from './expression.ts';
import { cidrFunctions } from './functions/cidr.ts';
import { collectionFunctions } from './functions/collections.ts';
import { dateFunctions } from './functions/dates.ts';
import type { FunctionTable } from './functions/function.ts';
import { lambdaFunctions } from './functions/lambdas.ts';
import { logicFunctions } from './functions/logic.ts';
import { numberFunctions } from './functions/numbers.ts';
import { isPart, type SpecialCall, specialFunction } from './functions/special.ts';
import { textFunctions } from './functions/texts.ts';
import { TemplateError } from './limits.ts';
import { parseExpression } from './parse.ts';
import type { Scope } from './scope.ts';
import { isOpen, type Open, open, printValue, textOf, wantNumber, wantText } from './values.ts';

const plainFunctions: FunctionTable = {
  ...textFunctions,
  ...logicFunctions,
  ...numberFunctions,
  ...collectionFunctions,
  ...cidrFunctions,
  ...dateFunctions,
};

/** The value of an expression's text (without brackets); open where it does not parse. */
export function evaluateText(text: string, scope: Scope): Json {
  try {
    const known = scope.parsed.get(text) ?? parseExpression(text);
    scope.parsed.set(text, known);
    return evaluate(known, scope);
  } catch (error) {
    if (error instanceof TemplateError) return open(clean(text, 300), error.message);
    throw error;
  }
}

/** Never throws but for a limit. */
export function evaluate(expression: Expression, scope: Scope): Json {
  scope.budget.step();
  return scope.budget.deeper(() => {
    try {
      return valueIn(expression, scope);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      return { ...open(printExpression(expression), error.message), failed: true };
    }
  });
}

function valueIn(expression: Expression, scope: Scope): Json {
  switch (expression.kind) {
    case 'text':
    case 'number':
      return expression.value;
    case 'member':
      return step(expression, evaluate(expression.of, scope), expression.name);
    case 'index':
      return step(expression, evaluate(expression.of, scope), evaluate(expression.index, scope));
    case 'call':
      return call(expression, scope);
  }
}

/** One step into an object or array. */
function step(expression: Expression & { kind: 'member' | 'index' }, of: Json, key: Json): Json {
  if (isOpen(of)) return stepInto(of, key, printStep(of.$unresolved, expression, key));
  if (isOpen(key)) return open(printStep(printExpression(expression.of), expression, key), key.because);
  if (isArray(of)) {
    const item = of[wantNumber(key)];
    if (item !== undefined) return item;
    if (expression.safe) return null;
    throw new TemplateError(`the array has no element ${wantNumber(key)}`);
  }
  if (isObject(of)) {
    const found = memberIgnoringCase(of, wantText(key));
    if (found !== undefined) return found;
    if (expression.safe) return null;
    throw new TemplateError(`the object has no member ${clean(wantText(key), 100)}`);
  }
  if (of === null && expression.safe) return null;
  throw new TemplateError('a text, number, true, false or null has no members');
}

/**
 * A setting that a template declares is as declared; what Azure adds to an object is not known, and so neither is a list, but for
 * resources inside a resource: their order is the declared one.
 */
function stepInto(of: Open, key: Json, print: string): Json {
  const found = of.declared && !isOpen(key) ? memberIgnoringCase(of.declared, textOf(key)) : undefined;
  const unknown = open(print, of.because);
  if (isArray(found) && found.length > 0 && found.every(isPart)) return { ...unknown, declared: { ...found } };
  if (found === undefined || found === null || isArray(found)) return unknown;
  return isObject(found) && !isOpen(found) ? { ...unknown, declared: found } : found;
}

const printStep = (of: string, expression: Expression & { kind: 'member' | 'index' }, key: Json): string => {
  const safe = expression.safe ? '?' : '';
  return expression.kind === 'member' ? `${of}.${safe}${expression.name}` : `${of}[${safe}${printValue(key)}]`;
};

function call(expression: Expression & { kind: 'call' }, scope: Scope): Json {
  const { namespace, name } = expression;
  const folded = name.toLowerCase();
  if (namespace !== undefined && namespace.toLowerCase() !== 'sys') return userCall(expression, scope);
  const special =
    specialFunction(folded) ?? (Object.hasOwn(lambdaFunctions, folded) ? lambdaFunctions[folded] : undefined);
  if (special) return special(specialCall(expression, scope));
  const args = expression.args.map((arg) => evaluate(arg, scope));
  const print = () => `${name}(${args.map(printValue).join(', ')})`;
  const plain = Object.hasOwn(plainFunctions, folded) ? plainFunctions[folded] : undefined;
  if (!plain) return open(print(), `there is no function ${name}, or only Azure can evaluate it`);
  for (const arg of args) scope.budget.step(isArray(arg) ? arg.length : 0);
  const unknown = plain.tolerant ? undefined : args.find(isOpen);
  if (unknown) return open(print(), unknown.because);
  try {
    return plain.work(args, { print });
  } catch (error) {
    if (error instanceof TemplateError) return { ...open(print(), error.message), failed: true };
    throw error;
  }
}

const specialCall = (expression: Expression & { kind: 'call' }, scope: Scope): SpecialCall => ({
  name: expression.name,
  args: expression.args,
  scope,
  print: () => printExpression(expression),
  evaluate(arg, inside = scope) {
    if (arg === undefined) throw new TemplateError(`an argument of ${expression.name} is missing`);
    return evaluate(arg, inside);
  },
});

/** A function of the template's own: it sees its parameters and other such functions, nothing else. */
function userCall({ namespace = '', name, args }: Expression & { kind: 'call' }, scope: Scope): Json {
  const found = scope.userFunction(namespace, name);
  if (!found) throw new TemplateError(`there is no function ${clean(`${namespace}.${name}`, 100)}`);
  const values = new Map(
    found.parameters.map((parameter, index) => {
      const arg = args[index];
      return [parameter.toLowerCase(), arg === undefined ? null : evaluate(arg, scope)] as const;
    }),
  );
  const missing = (what: string, wanted: string) =>
    new TemplateError(`there is no ${what} ${clean(wanted, 100)} in the function`);
  return found.evaluate({
    ...scope,
    parameter(wanted) {
      const value = values.get(wanted.toLowerCase());
      if (value === undefined) throw missing('parameter', wanted);
      return value;
    },
    variable(wanted) {
      throw missing('variable', wanted);
    },
    loops: new Map(),
    lambdas: new Map(),
  });
}
