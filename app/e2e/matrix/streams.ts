/** Open event streams, and what each of them has been told. */
import { get } from "node:http";
import { expect } from "@playwright/test";
import type { MatrixProduct } from "./product.ts";

export interface OpenStream {
  /** Topics since the last call of `forget`. */
  told(): string[];
  forget(): void;
  leave(): void;
}

/** A stream that has been told what every new one is: that it should look at everything. */
export async function openStream(
  { port, origin }: MatrixProduct,
  cookie: string | undefined,
): Promise<OpenStream> {
  let said = "";
  let from = 0;
  const headers = { host: new URL(origin).host, ...(cookie ? { cookie } : {}) };
  const wire = get({ port, host: "127.0.0.1", path: "/events", headers, agent: false }, (response) => {
    response.on("data", (chunk: Buffer) => {
      said += chunk;
    });
    response.on("error", () => {});
  });
  wire.on("error", () => {});
  const told = () => [...said.slice(from).matchAll(/data: (\w+)/g)].map(([, topic = ""]) => topic);
  await expect.poll(() => said, { intervals: [20] }).toContain("retry:");
  return {
    told,
    forget: () => {
      from = said.length;
    },
    leave: () => wire.destroy(),
  };
}

/**
 * Whoever listens first has everybody look at everything, and a topic is told at most once a second. Both are over when
 * each stream was told of something on purpose and then of nothing more.
 */
export async function untilQuiet(
  { sql }: MatrixProduct,
  tenantIds: string[],
  streams: OpenStream[],
): Promise<void> {
  await sql("select pg_notify('live', 'connections ' || $1)", [tenantIds.join(" ")]);
  for (const stream of streams) await expect.poll(stream.told, { intervals: [20] }).toContain("connections");
  const news = () => {
    const told = streams.flatMap((stream) => stream.told());
    for (const stream of streams) stream.forget();
    return told;
  };
  await expect.poll(news, { intervals: [1_500] }).toEqual([]);
}
