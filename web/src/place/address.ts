import { isDay } from '../ui/dates.ts';

/** Where in the page somebody is; the address says it, so it can be kept, sent and gone back to. */
export type Screen =
  | { name: 'day'; day: string | null }
  | { name: 'client'; id: string }
  | { name: 'clients' }
  | { name: 'board' }
  | { name: 'tasks'; whose: string | null };

/** Whose tasks: not one person's, nor one's own. */
export const EVERYBODY = 'everybody';

export interface Place {
  screen: Screen;
  /** The appointment whose dialog is open above the screen. */
  appointment: string | null;
}

export function hrefOf({ screen, appointment }: Place): string {
  const query = appointment ? `?appointment=${encodeURIComponent(appointment)}` : '';
  return `#/${[screen.name, ...rest(screen)].map(encodeURIComponent).join('/')}${query}`;
}

export function placeOf(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [name = '', argument = ''] = path.split('/').map(decoded);
  return { screen: screenOf(name, argument), appointment: new URLSearchParams(query).get('appointment') };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return ''; // somebody's own address
  }
}

function rest(screen: Screen): string[] {
  if (screen.name === 'client') return [screen.id];
  if (screen.name === 'tasks') return screen.whose ? [screen.whose] : [];
  return screen.name === 'day' && screen.day ? [screen.day] : [];
}

function screenOf(name: string, argument: string): Screen {
  if (name === 'client' && argument) return { name, id: argument };
  if (name === 'board' || name === 'clients') return { name };
  if (name === 'tasks') return { name, whose: argument || null };
  return { name: 'day', day: isDay(argument) ? argument : null };
}
