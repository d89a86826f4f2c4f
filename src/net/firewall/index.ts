// Azure Firewall: reading its rules, and what they allow.
export {
  decideFirewall,
  type FirewallAnswer,
  type FirewallOutcome,
  type FirewallPart,
  type FirewallQuestion,
} from './decide.ts';
export { type HostPattern, holdsHost, hostText, readHost } from './hosts.ts';
export { type BroughtIn, broughtIn } from './nat.ts';
export {
  asPrefixes,
  type FirewallBody,
  type FirewallRule,
  type FirewallRules,
  readClassicRules,
  readPolicyRules,
} from './rules.ts';
