// The operator's own public address, from one place: what they gave once is offered wherever it is missing.
import { isFailure } from '../model/failure.ts';
import type { CommandContext } from './definition.ts';

/** Where an address comes from: the operator gave it, it is an assumption of the workspace, or the client of their SSH session. */
export type AddressOrigin = 'given' | 'declared' | 'ssh';

export interface OwnAddress {
  readonly address: string;
  readonly from: AddressOrigin;
}

type Sources = Pick<CommandContext, 'settings' | 'host'>;

/** Does a firewall take the address? Handed in: what addresses are is not decided here. */
type IsTaken = (address: string) => boolean;

/** Those that a firewall takes, the surest first, each once. `declared`: the assumption devClientIps. */
export async function ownAddresses(
  { settings, host }: Sources,
  declared: readonly string[],
  isTaken: IsTaken,
): Promise<OwnAddress[]> {
  const given = await settings.get('address').catch((error: unknown) => {
    // A settings file that cannot be read is said where settings are used.
    if (isFailure(error)) return undefined;
    throw error;
  });
  const all: OwnAddress[] = [
    ...(typeof given === 'string' ? [{ address: given, from: 'given' as const }] : []),
    ...declared.map((address) => ({ address, from: 'declared' as const })),
    { address: host.env.SSH_CONNECTION?.split(' ')[0] ?? '', from: 'ssh' },
  ];
  const legal = all.filter(({ address }) => isTaken(address));
  return [...new Map(legal.toReversed().map((one) => [one.address, one])).values()].toReversed();
}

/** Keeps the only address that a person gave, so that it need not be given again. It is an offer: what cannot be kept is no failure. */
export async function keepAddress(
  { settings, host, flags }: Sources & Pick<CommandContext, 'flags'>,
  given: readonly string[],
  isTaken: IsTaken,
): Promise<void> {
  const [address] = given;
  const isMeant = host.interactive && !flags.dryRun && !flags.readOnly;
  if (!isMeant || address === undefined || given.length > 1) return;
  // A range may belong to others as well.
  if (address.includes('/') || !isTaken(address)) return;
  try {
    if ((await settings.get('address')) !== address) await settings.set('address', address);
  } catch (error) {
    if (!isFailure(error)) throw error;
  }
}
