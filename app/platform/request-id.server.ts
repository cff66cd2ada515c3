/** One id follows a request through its delivery, its job and the calls to Meta that come of it. */
import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";

const current = new AsyncLocalStorage<string>();

/** A caller's own id is kept only when it is harmless in logs and headers. */
export function requestIdFrom(header: string | null | undefined): string {
  return header && /^[\w-]{8,64}$/.test(header) ? header : randomUUID();
}

export function withRequestId<T>(requestId: string, work: () => T): T {
  return current.run(requestId, work);
}

/** The id of the request or job being served, or undefined outside of one. */
export function currentRequestId(): string | undefined {
  return current.getStore();
}
