// Refuses a body that names one member twice in two letter cases, as ARM's policy engine does.
import { type ArmJson, isObject } from '../json.ts';
import { fold } from './address.ts';
import { gatewayError } from './answer.ts';

export function refuseAmbiguity(body: ArmJson): void {
  const paths = ambiguous(body, '');
  if (paths.length === 0) return;
  const names = paths.map((path) => `'${path}'`).join(', ');
  throw gatewayError(
    400,
    'AmbiguousPolicyEvaluationPaths',
    `The request content has one or more ambiguous paths: ${names} required for policy evaluation.`,
  );
}

function ambiguous(value: ArmJson, path: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => ambiguous(item, `${path}[*]`));
  if (!isObject(value)) return [];
  const seen = new Set<string>();
  return [...value].flatMap(([name, item]) => {
    const here = path === '' ? name : `${path}.${name}`;
    const twice = seen.has(fold(name));
    seen.add(fold(name));
    return twice ? [here] : ambiguous(item, here);
  });
}
