// The vocabulary that the product no longer uses, with what it says instead. A sentence that a user can meet must hold none of these.

interface Retired {
  /** Matched as whole words, in any letter case. */
  readonly word: RegExp;
  readonly instead: string;
}

const whole = (pattern: string): RegExp => new RegExp(String.raw`(?<![\w-])(?:${pattern})(?![\w-])`, 'i');

export const retiredWords: readonly Retired[] = [
  { word: whole('cards?'), instead: 'network interface, NIC' },
  { word: whole('mends?|mended|mending|mendable'), instead: 'fix, fixed, fixable' },
  { word: whole('ways? back'), instead: 'undo' },
  { word: whole('ways? in'), instead: 'access' },
  { word: whole('hangs? on|hangs? from|hanging on'), instead: 'depends on, is associated with' },
  {
    word: whole('stands? (?:at|there|in the way|still|by|behind|beside|over|above|below|inside|outside|under|alone)'),
    instead: 'is, is associated with, blocks',
  },
  { word: whole(String.raw`lets? (?:in|past)|lets? (?:\S+ ){1,6}(?:pass|past|in|through)`), instead: 'allows' },
  { word: whole('shuts?|shutting|shut out'), instead: 'blocks, turns off' },
  { word: whole('admits?|admitted|admitting'), instead: 'allows' },
  { word: whole('knocks?|knocking'), instead: 'connects' },
  { word: whole('whoever|nobody|somebody|someone|anybody|everybody|whosoever'), instead: 'name the subject' },
  { word: whole('(?:would|will|may) go through|goes through'), instead: 'succeeds' },
  { word: whole('left out|leaves? out'), instead: 'not included, skipped' },
  { word: whole('to read first'), instead: 'warnings' },
  { word: whole('starts? to fail'), instead: 'introduces' },
  { word: whole('takes? (?:it|them|this) back|taken? back|taking back|takes? back'), instead: 'undo' },
  { word: whole('takes? it|taking it'), instead: 'select' },
  { word: whole('by votes?'), instead: 'inferred from N resources' },
  { word: whole('judgements?|judges?|judged|judging'), instead: 'check' },
  { word: whole('(?:lies?|lying) dead'), instead: 'shadowed' },
  { word: whole('lends?|lent'), instead: 'assigns' },
  { word: whole('in name only'), instead: 'effectively open' },
  { word: whole('of today'), instead: 'current' },
  { word: whole('read just now'), instead: 'scanned just now' },
  { word: whole('doors?'), instead: 'public network access, firewall' },
  { word: whole('walls?'), instead: 'firewall' },
  { word: whole('as far as'), instead: 'say the limit' },
  { word: whole('it is so|so it is(?=[.,;]|$)'), instead: 'say the state' },
  { word: whole('of (?:its|your|their|our|his) own'), instead: 'own, separate' },
  { word: whole('a choice of yours|for life'), instead: 'say the fact' },
  { word: whole('rehears(?:e|es|ed|al|als|ing)'), instead: 'what-if, simulate' },
  { word: whole('sitters?|sittings?'), instead: 'resources in the subnet, session' },
  { word: whole('not there (?:now|yet)'), instead: 'does not exist' },
];

/** Where such a word means what it says: names of services and tags, rules about names, flags and commands kept as aliases. */
const exemptions: readonly RegExp[] = [
  /front ?doors?/gi,
  /azurefrontdoor[.\w]*/gi,
  /nsg\.outbound-frontdoor[-\w]*/gi,
  /(?:upper- and lowercase |lowercase |uppercase )?letters/gi,
  /--rehearse\b|\brehearse \(alias[^)]*\)|\balias(?:es)?:? [`']?rehearse[`']?/gi,
  // The name of a key, by which settings give it another one.
  /(?:^| {2})admit$/g,
  /https?:\/\/\S+/gi,
  /`[^`]*`/g,
];

/** The retired words of a text, each with what to say instead. Empty for a good one. */
export function retiredIn(text: string): string[] {
  const plain = exemptions.reduce((rest, exempt) => rest.replace(exempt, ' '), text);
  return retiredWords.flatMap(({ word, instead }) => {
    const found = word.exec(plain)?.[0];
    return found === undefined ? [] : [`"${found}" (say: ${instead}) in: ${text.trim().slice(0, 200)}`];
  });
}
