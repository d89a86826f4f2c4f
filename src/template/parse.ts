// Text to expression tree: the grammar of Azure Resource Manager's template language
// (learn.microsoft.com/azure/azure-resource-manager/templates/template-expressions).
import type { Expression } from './expression.ts';
import { limits, TemplateError } from './limits.ts';

/** What a string of a template is: plain text, or an expression between brackets. `[[` at the start means one `[`. */
export type TemplateString =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'expression'; readonly text: string };

export function written(text: string): TemplateString {
  if (!text.startsWith('[') || !text.endsWith(']')) return { kind: 'literal', text };
  if (text.startsWith('[[')) return { kind: 'literal', text: text.slice(1) };
  return { kind: 'expression', text: text.slice(1, -1) };
}

interface Token {
  readonly kind: 'text' | 'number' | 'name' | 'mark' | 'end';
  readonly text: string;
  readonly at: number;
}
const pattern = /\s*(?:('(?:[^']|'')*')|(-?\d+)(?![\w.])|([A-Za-z_$][\w$]*)|([()[\],.?]))/y;

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  pattern.lastIndex = 0;
  let at = 0;
  while (text.slice(at).trim() !== '') {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (!found) throw new TemplateError(`character ${at + 1} of the expression is not valid`);
    const [whole, string, number, name, mark] = found;
    const start = at;
    at += whole.length;
    if (string !== undefined) {
      tokens.push({ kind: 'text', text: string.slice(1, -1).replaceAll("''", "'"), at: start });
    } else if (number !== undefined) tokens.push({ kind: 'number', text: number, at: start });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name, at: start });
    else tokens.push({ kind: 'mark', text: mark ?? '', at: start });
  }
  return [...tokens, { kind: 'end', text: 'the end', at: text.length }];
}

/** The tree of an expression without its brackets. Throws TemplateError with the place; never anything else. */
export function parseExpression(text: string): Expression {
  if (text.length > limits.expression) throw new TemplateError(`it is longer than ${limits.expression} characters`);
  const tokens = tokensOf(text);
  let next = 0;
  let depth = 0;
  const peek = (): Token => tokens[next] as Token;
  const isMark = (mark: string) => peek().kind === 'mark' && peek().text === mark;
  const take = (): Token => {
    const token = peek();
    if (token.kind !== 'end') next += 1;
    return token;
  };
  const skip = (mark: string): boolean => {
    const there = isMark(mark);
    if (there) next += 1;
    return there;
  };
  const wrong = (wanted: string): TemplateError =>
    new TemplateError(`${wanted} is missing at character ${peek().at + 1} of the expression`);
  const expect = (mark: string): void => {
    if (!skip(mark)) throw wrong(mark);
  };
  const name = (): string => {
    if (peek().kind !== 'name') throw wrong('a name');
    return take().text;
  };
  const args = (): Expression[] => {
    const found: Expression[] = [];
    if (skip(')')) return found;
    do found.push(whole());
    while (skip(','));
    expect(')');
    return found;
  };
  const head = (): Expression => {
    const token = take();
    if (token.kind === 'text') return { kind: 'text', value: token.text };
    if (token.kind === 'number') {
      const value = Number(token.text);
      if (!Number.isSafeInteger(value)) throw new TemplateError(`the number ${token.text} is too large`);
      return { kind: 'number', value: value === 0 ? 0 : value };
    }
    if (token.kind !== 'name') throw new TemplateError(`a value is missing at character ${token.at + 1}`);
    if (skip('(')) return { kind: 'call', name: token.text, args: args() };
    expect('.');
    const inside = name();
    expect('(');
    return { kind: 'call', namespace: token.text, name: inside, args: args() };
  };
  const whole = (): Expression => {
    depth += 1;
    if (depth > limits.depth) throw new TemplateError('it is nested too deeply');
    let here = head();
    for (;;) {
      if (skip('.')) {
        const safe = skip('?');
        here = { kind: 'member', of: here, name: name(), safe };
      } else if (skip('[')) {
        const safe = skip('?');
        here = { kind: 'index', of: here, index: whole(), safe };
        expect(']');
      } else break;
    }
    depth -= 1;
    return here;
  };
  const tree = whole();
  if (peek().kind !== 'end') throw new TemplateError(`character ${peek().at + 1} of the expression is unexpected`);
  return tree;
}
