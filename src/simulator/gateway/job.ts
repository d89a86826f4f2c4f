// One write as every part of the gateway sees it.
import type { Fault } from '../faults/faults.ts';
import type { ProviderCall, ProviderType } from '../providers/provider.ts';
import type { Machine } from './machine.ts';

export interface Job {
  readonly machine: Machine;
  readonly provider: ProviderType;
  readonly call: ProviderCall;
  readonly id: string;
  readonly name: string;
  readonly fault: Fault | undefined;
}
