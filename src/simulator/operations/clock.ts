// The one knob for time: at once, after so many polls, after so many seconds.
import { SimulatorError } from '../error.ts';

export type Clock =
  | { readonly kind: 'instant' }
  | { readonly kind: 'polls'; readonly count: number }
  | { readonly kind: 'seconds'; readonly count: number };

/** `instant`, `polls:N` (N polls answer InProgress) or `seconds:N`. */
export function clockOf(spec: string): Clock {
  if (spec === 'instant') return { kind: 'instant' };
  const [, kind, count] = /^(polls|seconds):([0-9]{1,4}(?:\.[0-9]+)?)$/.exec(spec) ?? [];
  if (kind === 'polls' && count !== undefined && !count.includes('.')) return { kind, count: Number(count) };
  if (kind === 'seconds' && count !== undefined) return { kind, count: Number(count) };
  throw new SimulatorError('clock', `Invalid clock "${spec}". Expected instant, polls:N or seconds:N.`);
}
