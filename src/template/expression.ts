// The template language's expressions as a tree, and the tree written back as text. Knows nothing of values.

export type Expression =
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number }
  | {
      readonly kind: 'call';
      /** Of a user-defined function: `contoso` in `contoso.uniqueName()`. */
      readonly namespace?: string;
      readonly name: string;
      readonly args: readonly Expression[];
    }
  | {
      readonly kind: 'member';
      readonly of: Expression;
      readonly name: string;
      /** `.?name`: null where the member is missing. */
      readonly safe: boolean;
    }
  | { readonly kind: 'index'; readonly of: Expression; readonly index: Expression; readonly safe: boolean };

/** A string as an expression writes it. */
export const quote = (value: string): string => `'${value.replaceAll("'", "''")}'`;

/** The expression as text, without the brackets around it; parsing the text gives the same tree. */
export function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'text':
      return quote(expression.value);
    case 'number':
      return String(expression.value);
    case 'call': {
      const name = expression.namespace === undefined ? expression.name : `${expression.namespace}.${expression.name}`;
      return `${name}(${expression.args.map(printExpression).join(', ')})`;
    }
    case 'member':
      return `${printExpression(expression.of)}.${expression.safe ? '?' : ''}${expression.name}`;
    case 'index':
      return `${printExpression(expression.of)}[${expression.safe ? '?' : ''}${printExpression(expression.index)}]`;
  }
}
