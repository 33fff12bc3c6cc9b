/** What somebody wants to be done, once, however often it is sent. */
export interface Wish {
  /** The key to send it with: the same until it is answered, asked for otherwise, or what it is about has changed. */
  keyFor(variables: unknown): string;
  answered(key: string): void;
  /** What it is about, as that stands now. */
  isAbout(state: unknown): void;
}

export function makeWish(): Wish {
  let kept: { key: string; asked: string } | null = null;
  let about: unknown;
  return {
    keyFor(variables) {
      const asked = JSON.stringify(variables);
      if (kept?.asked !== asked) kept = { key: uuid(), asked };
      return kept.key;
    },
    answered(key) {
      if (kept?.key === key) kept = null;
    },
    isAbout(state) {
      if (state !== about) kept = null;
      about = state;
    },
  };
}

/** The variables with the key where the mutation takes it: in its input, or beside what else it takes. */
export function withKey<Variables>(variables: Variables, idempotencyKey: string): Variables {
  const given = variables as Variables & { input?: object };
  return given.input ? { ...given, input: { ...given.input, idempotencyKey } } : { ...given, idempotencyKey };
}

/** `crypto.randomUUID` is there on https and localhost only. */
export function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = [...bytes].map((byte, place) => {
    if (place === 6) return (byte & 0x0f) | 0x40;
    return place === 8 ? (byte & 0x3f) | 0x80 : byte;
  });
  const text = hex.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return text.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
