// The few functions of the template language that the templates met here use. What is not among them makes the template invalid:
// a deployment never goes on with a text that was not understood.
import { ArmError } from '../../gateway/answer.ts';
import { type ArmJson, at, isObject, JsonNumber, text } from '../../json.ts';

/** What expressions may ask for. `undefined`: there is none of this name. */
export interface TemplateTextScope {
  readonly parameter: (name: string) => ArmJson | undefined;
  readonly variable: (name: string) => ArmJson | undefined;
  readonly group: ArmJson;
  readonly subscription: string;
}

export const invalidTemplate = (message: string): ArmError =>
  new ArmError(400, 'InvalidTemplate', `Deployment template validation failed: '${message}'.`);

/** The value with every expression in it evaluated; `[[` means a text that begins with a bracket. */
export function resolved(value: ArmJson, scope: TemplateTextScope): ArmJson {
  if (typeof value === 'string') return resolvedText(value, scope);
  if (Array.isArray(value)) return value.map((item) => resolved(item, scope));
  if (!isObject(value)) return value;
  return new Map([...value].map(([name, item]) => [name, resolved(item, scope)]));
}

function resolvedText(value: string, scope: TemplateTextScope): ArmJson {
  if (!value.startsWith('[') || !value.endsWith(']')) return value;
  if (value.startsWith('[[')) return value.slice(1);
  const reader = new QueryReader(value.slice(1, -1), scope);
  const found = reader.expression();
  reader.end();
  return found;
}

class QueryReader {
  #at = 0;
  readonly #text: string;
  readonly #scope: TemplateTextScope;

  constructor(expression: string, scope: TemplateTextScope) {
    this.#text = expression;
    this.#scope = scope;
  }

  expression(): ArmJson {
    const quoted = this.#take(/^\s*'((?:[^']|'')*)'\s*/);
    if (quoted) return (quoted[1] ?? '').replaceAll("''", "'");
    const number = this.#take(/^\s*(-?\d+)\s*/);
    if (number) return new JsonNumber(number[1] ?? '0');
    const name = this.#take(/^\s*([A-Za-z]+)\s*\(/)?.[1];
    if (name === undefined) throw this.#odd();
    const given: ArmJson[] = [];
    while (!this.#take(/^\s*\)/)) {
      given.push(this.expression());
      this.#take(/^\s*,/);
    }
    let value = this.#call(name, given);
    for (let member = this.#take(/^\.([A-Za-z]+)/); member; member = this.#take(/^\.([A-Za-z]+)/)) {
      const inner = at(value, member[1] ?? '');
      if (inner === undefined) throw invalidTemplate(`${name}() has no member ${member[1] ?? ''}`);
      value = inner;
    }
    this.#take(/^\s*/);
    return value;
  }

  end(): void {
    if (this.#at < this.#text.length) throw this.#odd();
  }

  #call(name: string, given: readonly ArmJson[]): ArmJson {
    const texts = given.map((one) => (one instanceof JsonNumber ? one.text : typeof one === 'string' ? one : ''));
    const [first = ''] = texts;
    switch (name.toLowerCase()) {
      case 'parameters':
        return this.#known(this.#scope.parameter(first), `parameter '${first}'`);
      case 'variables':
        return this.#known(this.#scope.variable(first), `variable '${first}'`);
      case 'resourcegroup':
        return this.#scope.group;
      case 'subscription':
        return new Map<string, ArmJson>([
          ['id', `/subscriptions/${this.#scope.subscription}`],
          ['subscriptionId', this.#scope.subscription],
        ]);
      case 'concat':
        return texts.join('');
      case 'tolower':
        return first.toLowerCase();
      case 'resourceid':
        return this.#resourceId(texts);
      default:
        throw invalidTemplate(`The template function '${name}' is not one of those that are known here`);
    }
  }

  #known(value: ArmJson | undefined, what: string): ArmJson {
    if (value === undefined) throw invalidTemplate(`The template has no ${what}`);
    return value;
  }

  #resourceId(given: readonly string[]): string {
    const first = given.findIndex((one) => one.includes('/'));
    const [type = '', ...names] = given.slice(first);
    const [namespace = '', ...types] = type.split('/');
    if (first < 0 || types.length !== names.length)
      throw invalidTemplate(`resourceId() has not one name for each type`);
    const [group, subscription] = given.slice(0, first).toReversed();
    const home =
      group === undefined
        ? (text(this.#scope.group, 'id') ?? '')
        : `/subscriptions/${subscription ?? this.#scope.subscription}/resourceGroups/${group}`;
    return `${home}/providers/${namespace}${types.map((one, index) => `/${one}/${names[index] ?? ''}`).join('')}`;
  }

  #take(pattern: RegExp): RegExpExecArray | null {
    const found = pattern.exec(this.#text.slice(this.#at));
    if (found) this.#at += found[0].length;
    return found;
  }

  #odd(): ArmError {
    return invalidTemplate(`The expression '${this.#text}' is not understood at position ${this.#at}`);
  }
}
