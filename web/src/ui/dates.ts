const DAY_MS = 86_400_000;
const FIRST_DAY = '1000-01-01';

/** The last day that dates of the API, and fields for them, can name. */
export const LAST_DAY = '9999-12-31';

/** Whether it is a calendar date that there is, in a year of four digits; fields hand out others while somebody types. */
export function isDay(text: string): boolean {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) && text >= FIRST_DAY ? Date.parse(`${text}T00:00Z`) : Number.NaN;
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

/** Writes dates in the browser's language, and moments as the practice's clocks show them. */
export interface Dates {
  /** "26 November 2026", of a calendar date. */
  date(day: string): string;
  /** "Thursday, 26 November 2026". */
  longDate(day: string): string;
  /** "26 Nov". */
  shortDate(day: string): string;
  /** "26", of a calendar date. */
  dayOfMonth(day: string): string;
  /** "09:00", of a moment. */
  time(moment: string): string;
  /** "09:00 – 09:45". */
  times(from: string, to: string): string;
  /** "26 Nov 2026, 09:00". */
  moment(moment: string): string;
  zone: string;
}

export function datesIn(zone: string, languages: readonly string[] = navigator.languages): Dates {
  const ofDay = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat([...languages], { ...options, timeZone: 'UTC' });
    return (day: string) => format.format(new Date(`${day}T00:00Z`));
  };
  const ofMoment = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat([...languages], { ...options, timeZone: zone });
  const time = ofMoment({ hour: '2-digit', minute: '2-digit' });
  const moment = ofMoment({ dateStyle: 'medium', timeStyle: 'short' });
  return {
    zone,
    date: ofDay({ dateStyle: 'long' }),
    longDate: ofDay({ dateStyle: 'full' }),
    shortDate: ofDay({ day: 'numeric', month: 'short' }),
    dayOfMonth: (day) => String(Number(day.slice(-2))),
    time: (at) => time.format(new Date(at)),
    times: (from, to) => time.formatRange(new Date(from), new Date(to)),
    moment: (at) => moment.format(new Date(at)),
  };
}

/** Whether clocks of the zone show another time at a moment than those of the browser's. */
export function showsOtherTime(zone: string, moment: string, own?: string): boolean {
  const shown = (timeZone: string | undefined) =>
    new Intl.DateTimeFormat('en', { dateStyle: 'short', timeStyle: 'short', timeZone }).format(new Date(moment));
  return shown(zone) !== shown(own);
}

/** The calendar date so many days later, or earlier. */
export function daysAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** The same day so many months later, or that month's last day. */
export function monthsAfter(day: string, months: number): string {
  const date = new Date(`${day}T00:00Z`);
  const month = date.getUTCMonth() + months;
  const last = new Date(Date.UTC(date.getUTCFullYear(), month + 1, 0)).getUTCDate();
  const there = new Date(Date.UTC(date.getUTCFullYear(), month, Math.min(date.getUTCDate(), last)));
  return there.toISOString().slice(0, 10);
}
