import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { onGlance } from './glances.ts';

/** A page in its window, at which the test looks; `told` counts. */
function begin(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const page = Object.assign(new EventTarget(), { visibilityState: 'visible' as DocumentVisibilityState });
  const frame = new EventTarget();
  const seen = { told: 0 };
  const end = onGlance(() => seen.told++, page, frame);
  return {
    seen,
    end,
    focus: () => frame.dispatchEvent(new Event('focus')),
    turn(visibilityState: DocumentVisibilityState) {
      page.visibilityState = visibilityState;
      page.dispatchEvent(new Event('visibilitychange'));
    },
    seconds: (count: number) => {
      for (let second = 0; second < count; second++) t.mock.timers.tick(1_000);
    },
  };
}

test('each look at the window is told of at once', (t) => {
  const { seen, focus, turn, seconds } = begin(t);
  seconds(5);
  focus();
  assert.equal(seen.told, 1);
  seconds(5);
  turn('hidden');
  assert.equal(seen.told, 1);
  turn('visible');
  assert.equal(seen.told, 2);
});

test('looks that come too soon are told of together, once some seconds have passed', (t) => {
  const { seen, focus, turn, seconds } = begin(t);
  focus();
  focus();
  assert.equal(seen.told, 0);
  seconds(4);
  assert.equal(seen.told, 0);
  seconds(1);
  assert.equal(seen.told, 1);
  seconds(2);
  turn('visible');
  focus();
  assert.equal(seen.told, 1);
  seconds(3);
  assert.equal(seen.told, 2);
});

test('what is seen all the time is told of once a minute', (t) => {
  const { seen, seconds } = begin(t);
  seconds(59);
  assert.equal(seen.told, 0);
  seconds(1);
  assert.equal(seen.told, 1);
  seconds(60);
  assert.equal(seen.told, 2);
});

test('nothing is told while nobody can see the page', (t) => {
  const { seen, focus, turn, seconds } = begin(t);
  turn('hidden');
  seconds(600);
  focus();
  assert.equal(seen.told, 0);
  turn('visible');
  assert.equal(seen.told, 1);
  seconds(60);
  assert.equal(seen.told, 2);
});

test('nothing is told after the end', (t) => {
  const { seen, end, focus, turn, seconds } = begin(t);
  focus();
  end();
  turn('visible');
  seconds(600);
  assert.equal(seen.told, 0);
});
