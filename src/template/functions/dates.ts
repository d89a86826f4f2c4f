// Functions about dates (template-functions-date) on values that are known; what the time is now, only Azure knows.
import { TemplateError } from '../limits.ts';
import { wantNumber, wantText } from '../values.ts';
import { type FunctionBody, type FunctionTable, strict } from './function.ts';

/** ISO 8601, a blank in place of the T as well. Without a zone it is UTC. */
function momentOf(text: string): Date {
  const found = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,7})?)?)(Z|[+-]\d\d:?\d\d)?)?$/i.exec(text.trim());
  const [, day, time = '00:00:00', zone = 'Z'] = found ?? [];
  const moment = new Date(`${day}T${time}${zone.toUpperCase()}`);
  if (found === null || Number.isNaN(moment.getTime())) throw new TemplateError('the text is not a date');
  return moment;
}

/** Years, months and days by the calendar; a day that the month does not have is its last one. */
function moved(moment: Date, duration: string): Date {
  const found =
    /^([+-])?P(?=\d|T\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(
      duration.trim(),
    );
  if (found === null) throw new TemplateError('the text is not a duration');
  const sign = found[1] === '-' ? -1 : 1;
  const [years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = found
    .slice(2)
    .map((part) => sign * Number(part ?? 0));
  const month = moment.getUTCMonth() + months + 12 * years;
  const last = new Date(Date.UTC(moment.getUTCFullYear(), month + 1, 0)).getUTCDate();
  const made = new Date(moment);
  made.setUTCFullYear(moment.getUTCFullYear(), month, Math.min(moment.getUTCDate(), last));
  const rest = ((weeks * 7 + days) * 24 + hours) * 3_600_000 + minutes * 60_000 + seconds * 1000;
  const end = new Date(made.getTime() + rest);
  if (Number.isNaN(end.getTime())) throw new TemplateError('the date is out of range');
  return end;
}

const standard: Readonly<Record<string, string>> = {
  u: 'yyyy-MM-dd HH:mm:ssZ',
  s: 'yyyy-MM-ddTHH:mm:ss',
  o: 'yyyy-MM-ddTHH:mm:ss.fffffffZ',
  O: 'yyyy-MM-ddTHH:mm:ss.fffffffZ',
  d: 'M/d/yyyy',
  '': 'M/d/yyyy h:mm:ss tt',
};

/** The custom formats of .NET that templates use; one that has other letters is refused. */
function formatted(moment: Date, format: string): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const [hour, milliseconds] = [moment.getUTCHours(), String(moment.getUTCMilliseconds()).padStart(3, '0')];
  const parts: Readonly<Record<string, string>> = {
    yyyy: String(moment.getUTCFullYear()).padStart(4, '0'),
    yy: two(moment.getUTCFullYear() % 100),
    MM: two(moment.getUTCMonth() + 1),
    M: String(moment.getUTCMonth() + 1),
    dd: two(moment.getUTCDate()),
    d: String(moment.getUTCDate()),
    HH: two(hour),
    H: String(hour),
    hh: two(hour % 12 || 12),
    h: String(hour % 12 || 12),
    mm: two(moment.getUTCMinutes()),
    ss: two(moment.getUTCSeconds()),
    fffffff: `${milliseconds}0000`,
    fff: milliseconds,
    tt: hour < 12 ? 'AM' : 'PM',
    T: 'T',
    Z: 'Z',
  };
  return (standard[format] ?? format).replace(/([A-Za-z])\1*/g, (letters) => {
    const part = parts[letters];
    if (part === undefined) throw new TemplateError(`the format ${letters} is not known`);
    return part;
  });
}

const add: FunctionBody = ([base, duration, format = '']) =>
  formatted(moved(momentOf(wantText(base)), wantText(duration)), wantText(format));

const fromEpoch: FunctionBody = ([seconds]) => {
  const moment = new Date(wantNumber(seconds) * 1000);
  if (Number.isNaN(moment.getTime())) throw new TemplateError('the date is out of range');
  return moment.toISOString().replace('.000Z', 'Z');
};

export const dateFunctions: FunctionTable = {
  datetimeadd: strict(add),
  datetimefromepoch: strict(fromEpoch),
  datetimetoepoch: strict(([text]) => Math.floor(momentOf(wantText(text)).getTime() / 1000)),
};
