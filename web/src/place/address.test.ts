import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EVERYBODY, hrefOf, type Place, placeOf } from './address.ts';

const PLACES: Record<string, Place> = {
  '#/day': { screen: { name: 'day', day: null }, appointment: null },
  '#/day/2026-11-26': { screen: { name: 'day', day: '2026-11-26' }, appointment: null },
  '#/day?appointment=QXBw%3D': { screen: { name: 'day', day: null }, appointment: 'QXBw=' },
  '#/client/Q2xp%3D': { screen: { name: 'client', id: 'Q2xp=' }, appointment: null },
  '#/clients': { screen: { name: 'clients' }, appointment: null },
  '#/tasks': { screen: { name: 'tasks', whose: null }, appointment: null },
  '#/tasks/everybody': { screen: { name: 'tasks', whose: EVERYBODY }, appointment: null },
  '#/board': { screen: { name: 'board' }, appointment: null },
};

test('a place has an address, and the address leads there', () => {
  for (const [address, place] of Object.entries(PLACES)) {
    assert.equal(hrefOf(place), address);
    assert.deepEqual(placeOf(address), place);
  }
});

test('an address that leads nowhere leads to today', () => {
  for (const address of [
    '',
    '#',
    '#/',
    '#/nowhere',
    '#/client',
    '#/day/tomorrow',
    '#/day/2026-13-45',
    '#/day/2026-02-30',
    '#/%',
  ]) {
    assert.deepEqual(placeOf(address).screen, { name: 'day', day: null });
  }
});
