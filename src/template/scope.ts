// What names mean at one spot of a template: parameters, variables, loops, lambda variables, the deployment around it.
import type { Json, JsonObject } from '../model/json.ts';
import type { DeploymentScope } from './ambient.ts';
import type { Expression } from './expression.ts';
import type { Budget } from './limits.ts';

export interface UserFunction {
  readonly parameters: readonly string[];
  /** The output, in a scope that knows the parameters. */
  evaluate(scope: Scope): Json;
}
/** A resource that the template names by a symbol (languageVersion 2.0). */
export interface Symbolic {
  readonly id: Json;
  readonly name: Json;
  readonly type: Json;
  readonly apiVersion: Json;
}

export interface Scope {
  readonly budget: Budget;
  /** Where expressions think they are deployed. */
  readonly place: DeploymentScope;
  /** The value of a parameter or variable, whatever the letter case. Throws TemplateError where there is none. */
  parameter(name: string): Json;
  variable(name: string): Json;
  userFunction(namespace: string, name: string): UserFunction | undefined;
  symbol(name: string): Symbolic | undefined;
  /** The outputs of a nested deployment, by its id, name or symbol; undefined when it is none of this template. */
  outputsOf(target: string): JsonObject | undefined;
  /** The body that the file declares for a resource, by its id, name or symbol; undefined where it declares none. */
  declared(target: string): JsonObject | undefined;
  /** The index of a loop, by name in lower case; the innermost resource's under the empty name. */
  readonly loops: ReadonlyMap<string, Json>;
  readonly lambdas: ReadonlyMap<string, Json>;
  /** Evaluations of strings seen before, by their text. */
  readonly parsed: Map<string, Expression>;
}

export const withLoop = (scope: Scope, names: readonly string[], index: Json): Scope => ({
  ...scope,
  loops: new Map([...scope.loops, ...names.map((name) => [name.toLowerCase(), index] as const)]),
});

export const withLambda = (scope: Scope, values: readonly (readonly [string, Json])[]): Scope => ({
  ...scope,
  lambdas: new Map([...scope.lambdas, ...values.map(([name, value]) => [name.toLowerCase(), value] as const)]),
});
