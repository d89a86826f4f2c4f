// The single packets that represent a flow when Azure is asked about it: one for each outcome that the model finds.
import type { Json } from '../model/json.ts';
import type { LivePacket } from '../model/live.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { addressText, END4 } from '../net/addresses.ts';
import { decide } from '../net/decide.ts';
import type { Decision, FlowOutcome } from '../net/decision.ts';
import { adminRulesAt } from './admin-rules.ts';
import { contextAt, type FlowQuestion, flowAt } from './flows.ts';
import { securityGroupAt } from './training-subnets.ts';

/** One end of the packets: an interface with its own security group, if it has one. */
export interface NicEnd {
  readonly subnet: string;
  /** Its private IPv4 address. */
  readonly address: string;
  readonly group: Json | null;
}

/**
 * A flow between an interface and others, decided at both groups. Throws UnreadableError when one of the facts could not be
 * read.
 */
export function decidedAtNic(asked: FlowQuestion, nic: NicEnd, index: SnapshotIndex): Decision {
  return decide(
    flowAt(asked, [nic.address]),
    {
      subnetNsg: securityGroupAt(nic.subnet, index)?.body,
      nicNsg: nic.group ?? undefined,
      adminRules: adminRulesAt(nic.subnet, index),
    },
    contextAt(nic.subnet, index),
  );
}

const outcomes: readonly FlowOutcome[] = ['denied', 'unknown', 'allowed'];
/** Azure counts the host's virtual IP address to the Internet; a question about the Internet does not mean it. */
const withoutHost = (asked: FlowQuestion): FlowQuestion =>
  asked.remote.includes('Internet') ? { ...asked, except: [...(asked.except ?? []), '168.63.129.16'] } : asked;

/** A client port. */
const client = 60_000;

/**
 * A packet of each outcome: IPv4, TCP or UDP, to or from an address that is known. Fewer where the addresses of a tag are
 * unknown. Throws UnreadableError when one of the facts could not be read.
 */
export function packetsOf(asked: FlowQuestion, nic: NicEnd, index: SnapshotIndex): LivePacket[] {
  const { parts } = decidedAtNic(withoutHost(asked), nic, index);
  const inbound = asked.direction === 'Inbound';
  return outcomes.flatMap((outcome) => {
    for (const { family, protocol, box, outcome: own } of parts) {
      if (own !== outcome || family.name !== 'v4' || (protocol !== 'Tcp' && protocol !== 'Udp')) continue;
      const remote = Number((inbound ? box.source : box.destination)[0]);
      // A tag whose addresses are not known is a point beyond the last of them.
      if (remote >= END4) continue;
      const from = portIn(box.sourcePorts, client);
      const to = portIn(box.destinationPorts, 443);
      const ports = inbound ? { localPort: to, remotePort: from } : { localPort: from, remotePort: to };
      return [{ direction: asked.direction, protocol, remote: addressText(remote), ...ports }];
    }
    return [];
  });
}

/** The intended port where the set holds it, else its lowest. */
function portIn(ports: readonly number[], meant: number): number {
  for (let position = 0; position < ports.length; position += 2) {
    if ((ports[position] as number) <= meant && meant < (ports[position + 1] as number)) return meant;
  }
  return ports[0] ?? meant;
}
