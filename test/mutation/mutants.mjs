// The bugs that can be planted in a file: each is a place, a replacement and the operator that made it. Pure.
import { parseSync } from 'vite';

const comparisons = {
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '===': '!==',
  '!==': '===',
};
const severities = ['critical', 'high', 'medium', 'low', 'info'];
/** Members whose text decides something; elsewhere a text is read by people. */
const telling = /^(?:id|severity|fixKind|undo|outcome|kind|access|direction|protocol|instead|phase)$/;
/** What rules tell people: no test asserts on every word of it. */
const prose = new Set(['explain', 'because', 'title', 'problem', 'says', 'risk', 'note']);

/**
 * @param {string} text TypeScript
 * @returns {{ operator: string, start: number, end: number, line: number, inLine: string, was: string, becomes: string }[]}
 */
export function mutantsOf(text, file = 'file.ts') {
  const { program, errors } = parseSync(file, text, { lang: 'ts' });
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`);
  const found = [];
  const lines = text.split('\n');
  const add = (operator, { start, end }, becomes) => {
    const was = text.slice(start, end);
    if (was === becomes) return;
    const line = text.slice(0, start).split('\n').length;
    found.push({ operator, start, end, line, inLine: lines[line - 1].trim(), was, becomes });
  };
  const source = ({ start, end }) => text.slice(start, end);

  const visit = (node, parent, key) => {
    if (node === null || typeof node !== 'object' || typeof node.type !== 'string') return;
    // Types do nothing at run time; what they wrap does.
    if (node.type.startsWith('TS')) {
      if (node.expression !== undefined) visit(node.expression, node, 'expression');
      return;
    }
    if (/^(?:Import|ExportAll)/.test(node.type)) return;
    if (node.type === 'Property' && prose.has(node.key?.name)) return;
    mutate(node, parent, key);
    for (const [name, child] of Object.entries(node)) {
      if (name === 'typeAnnotation' || name === 'typeArguments' || name === 'typeParameters' || name === 'returnType')
        continue;
      if (node.type === 'ExportNamedDeclaration' && name === 'source') continue;
      if (Array.isArray(child)) for (const one of child) visit(one, node, name);
      else visit(child, node, name);
    }
  };

  const mutate = (node, parent, key) => {
    switch (node.type) {
      case 'IfStatement':
      case 'ConditionalExpression':
        add('negate condition', node.test, `!(${source(node.test)})`);
        break;
      case 'BinaryExpression': {
        const other = comparisons[node.operator];
        if (other !== undefined) add('swap comparison', node, `${source(node.left)} ${other} ${source(node.right)}`);
        break;
      }
      case 'LogicalExpression':
        if (node.operator !== '??') {
          const other = node.operator === '&&' ? '||' : '&&';
          add('swap && and ||', node, `(${source(node.left)}) ${other} (${source(node.right)})`);
        }
        break;
      case 'Literal':
        if (isPropertyKey(parent, key)) break;
        if (typeof node.value === 'number') add('replace constant', node, `${node.value + 1}`);
        else if (typeof node.value === 'boolean') add('replace constant', node, `${!node.value}`);
        else if (typeof node.value === 'string') changeText(node, parent);
        break;
      case 'ArrayExpression':
        for (const [at, element] of node.elements.entries()) {
          if (element === null) continue;
          const rest = node.elements.filter((one, other) => one !== null && other !== at).map(source);
          add('drop array element', node, `[${rest.join(', ')}]`);
        }
        break;
      case 'ExpressionStatement':
        if (!node.directive) add('drop statement', node, ';');
        break;
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        if (node.body?.type === 'BlockStatement' && node.body.body.length > 1) {
          const { start } = node.body;
          add('return early', { start, end: start + 1 }, '{ return undefined as never;');
        }
        break;
    }
  };

  const changeText = (node, parent) => {
    const name = parent?.type === 'Property' ? (parent.key?.name ?? parent.key?.value) : undefined;
    const isCompared = parent?.type === 'BinaryExpression' && comparisons[parent.operator] !== undefined;
    if (severities.includes(node.value)) {
      const next = severities[(severities.indexOf(node.value) + 1) % severities.length];
      add('change severity', node, `'${next}'`);
    } else if (isCompared || (name !== undefined && telling.test(name))) {
      add('change text', node, `'${node.value}-changed'`);
    }
  };

  for (const statement of program.body) visit(statement, program, 'body');
  return found;
}

const isPropertyKey = (parent, key) => parent?.type === 'Property' && key === 'key' && !parent.computed;

/** Is this one that nothing can tell from the source, by the list of those? A line is told by its text, so that it may move. */
export const isEquivalent = (mutant, list) =>
  list.some(
    (one) =>
      one.file === mutant.file &&
      one.in === mutant.inLine &&
      one.was === mutant.was &&
      [one.becomes].flat().includes(mutant.becomes),
  );

export const planted = (text, { start, end, becomes }) => text.slice(0, start) + becomes + text.slice(end);

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * `count` of them, as many from each folder as there are, chosen by the seed; the same list for the same arguments. Of each folder in
 * turn, so that a run that ends early has looked at all of them.
 */
export function sampled(byFolder, count, seed) {
  const random = randomFrom(seed);
  const folders = [...byFolder.keys()].sort();
  const share = (at) => Math.floor(count / folders.length) + (at < count % folders.length ? 1 : 0);
  const chosen = folders.map((folder, at) => {
    const all = [...byFolder.get(folder)];
    for (let index = all.length - 1; index > 0; index -= 1) {
      const other = Math.floor(random() * (index + 1));
      [all[index], all[other]] = [all[other], all[index]];
    }
    return all.slice(0, share(at));
  });
  const longest = Math.max(0, ...chosen.map(({ length }) => length));
  return Array.from({ length: longest }, (_, turn) => chosen.flatMap((all) => all.slice(turn, turn + 1))).flat();
}

/**
 * What an earlier run left open, in the sources as they are: those that survived or were not run are asked again, the outcome of
 * the others stands, and one whose place was changed since is `gone`. A line is told by its text, so that it may move.
 */
export function left(earlier, byFolder) {
  const settled = [];
  const [unasked, survivors] = [[], []];
  for (const one of earlier) {
    if (one.outcome !== 'survived' && one.outcome !== 'not run') {
      settled.push(one);
      continue;
    }
    const isSame = ['file', 'inLine', 'operator', 'was', 'becomes'];
    const found = (byFolder.get(one.folder) ?? []).find((other) => isSame.every((name) => other[name] === one[name]));
    if (found === undefined) settled.push({ ...one, outcome: 'gone' });
    else if (one.outcome === 'not run') unasked.push(found);
    else survivors.push(found);
  }
  // A survivor was asked about already.
  return { settled, open: [...new Set([...unasked, ...survivors])] };
}
