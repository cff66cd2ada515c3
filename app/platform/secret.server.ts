import { createHash, timingSafeEqual } from "node:crypto";

/** A value that must not end up in a log, an error or HTML: it prints as [secret] and is opened only by `reveal`. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  /** Compared as hashes: neither length nor content shows in the time taken. */
  is(text: string): boolean {
    const hash = (value: string) => createHash("sha256").update(value).digest();
    return timingSafeEqual(hash(text), hash(this.#value));
  }

  toString(): string {
    return "[secret]";
  }

  toJSON(): string {
    return "[secret]";
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return "[secret]";
  }
}
