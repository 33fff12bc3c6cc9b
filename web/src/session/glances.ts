const REST_MS = 5_000;
const WHILE_SEEN_MS = 60_000;

interface Page extends EventTarget {
  visibilityState: DocumentVisibilityState;
}

/**
 * Tell each time that somebody looks at the page again, and once a minute while it can be seen; but not twice within a few
 * seconds: who looks again sooner has to wait for the rest of them. Returns what ends it.
 */
export function onGlance(tell: () => void, page: Page = document, frame: EventTarget = window): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isRested = false;
  let isWanted = false;
  const wait = (ms: number, then: () => void) => {
    clearTimeout(timer);
    timer = setTimeout(then, ms);
  };
  function rested() {
    isRested = true;
    if (isWanted) glance();
    else wait(WHILE_SEEN_MS - REST_MS, glance);
  }
  function glance() {
    if (page.visibilityState === 'hidden') return;
    isRested = false;
    isWanted = false;
    wait(REST_MS, rested);
    tell();
  }
  function look() {
    if (isRested) glance();
    else isWanted = true;
  }
  page.addEventListener('visibilitychange', look);
  frame.addEventListener('focus', look);
  wait(REST_MS, rested);
  return () => {
    clearTimeout(timer);
    page.removeEventListener('visibilitychange', look);
    frame.removeEventListener('focus', look);
  };
}
