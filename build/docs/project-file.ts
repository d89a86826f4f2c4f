// The page about `bastide.yaml`, printed from the schema that reads it.
import { scopeForms } from '../../src/model/access-scope.ts';
import { acceptanceKeys, projectKeys } from '../../src/settings/project-schema.ts';
import { bullets, code, fenced, type Page, page, sentences, table } from './markdown.ts';

export function projectFilePages(): Page[] {
  const keys = projectKeys();
  const text = page(
    'bastide.yaml',
    sentences(
      'A file that a team keeps beside its pipeline: which findings are accepted and until when, which rules are off, what fails a job.',
      'It is read from the working directory, or from the path of `--config FILE`, and not from anywhere else.',
      'Every audit shows its path and "N rules off, N accepted".',
    ),
    fenced(keys.map(({ example }) => example).join('\n'), 'yaml'),
    '## Keys',
    table(
      ['Key', 'Meaning'],
      keys.map(({ name, says }) => [code(name), says]),
    ),
    '## An accepted finding',
    table(
      ['Key', 'Meaning'],
      acceptanceKeys().map(({ name, says }) => [code(name), says]),
    ),
    fenced(
      [
        "bastide accept acr.build-cluster-cpu --reason 'Builds need a GPU' --until 2099-03-31 --dry-run --demo",
        'bastide accept --list',
      ].join('\n'),
    ),
    bullets([
      'An accepted finding stays in every report, with reason and date: `accepted` in JSON, a suppression in SARIF, skipped in JUnit.',
      'It is not counted, does not meet `--fail-on`, and `fix --all` leaves it as it is. `fix FINDING` still fixes it.',
      'Only a failing finding is accepted. An unknown finding always counts, so that a missing permission stays visible.',
      'After its last day it counts again, and each audit names it.',
      'A roll-up is accepted with all findings that it repeats.',
      'Gates and previews of plans use every rule, also those that are off.',
    ]),
    '## An access scope',
    sentences(
      'A sentence that states which traffic may reach a resource. `bastide assert` and every audit check it over the network paths between its ends.',
      'A violated scope shows an example packet, and the audit ends with exit code 1 unless `--fail-on` is critical or never.',
    ),
    fenced(scopeForms.join('\n')),
    bullets([
      'ENDS are names as `bastide path` takes them, with commas or `or` between them; a name with spaces is put in quotes.',
      '`anything` stands for the Internet, every subnet and every service. Without `from`, `nothing` means anything.',
      'TRAFFIC is a protocol, ports, or both: `tcp 443,8000-9000`, `udp`, `443`. Without it: all traffic, and for `ENDS reaches ENDS` TCP 443.',
      '`except ENDS` without `from` or `to` narrows the end that is the Internet or anything, else the source.',
    ]),
    '## What it cannot do',
    sentences(
      'A file in a repository may be written by others.',
      'It answers no questions, allows no effects, confirms nothing, contains no credentials and sets no address to connect to.',
      'Such a key is refused by name. A mistake is named with its line, and the command ends with exit code 2.',
    ),
  );
  return [{ file: 'docs/bastide-yaml.md', text }];
}
