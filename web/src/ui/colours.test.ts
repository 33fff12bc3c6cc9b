import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contrast, parsed, SURFACES, standingOut } from './colours.ts';

const STEPS = ['00', '33', '66', '99', 'CC', 'FF'];
const COLOURS = STEPS.flatMap((red) => STEPS.flatMap((green) => STEPS.map((blue) => `#${red}${green}${blue}`)));

test('any colour stands out in light and in dark', () => {
  for (const colour of COLOURS.map(parsed)) {
    assert.ok(contrast(standingOut(colour, SURFACES.light, [0, 0, 0]), SURFACES.light) >= 3);
    assert.ok(contrast(standingOut(colour, SURFACES.dark, [255, 255, 255]), SURFACES.dark) >= 3);
  }
});

test('one that stands out stays as it is', () => {
  assert.deepEqual(standingOut(parsed('#14647A'), SURFACES.light, [0, 0, 0]), [20, 100, 122]);
});
