/** The sandbox's control API: what Meta's side is to do, and what it has seen. */

/** Throws with the sandbox's answer when it refuses. Without a body it reads. */
export type Control = <Answer = unknown>(
  path: string,
  body?: object,
  method?: "GET" | "POST" | "DELETE",
) => Promise<Answer>;

export function controlOf(sandboxUrl: string): Control {
  return async <Answer>(path: string, body?: object, method = body ? "POST" : "GET") => {
    const answer = await fetch(`${sandboxUrl}/sandbox/api${path}`, {
      method,
      ...(body ? { headers: { "content-type": "application/json" }, body: JSON.stringify(body) } : {}),
    });
    if (!answer.ok) throw new Error(`${path}: HTTP ${answer.status} ${await answer.text()}`);
    return answer.json() as Promise<Answer>;
  };
}

/** How many codes were sent to Meta to be exchanged, good or not. */
export async function exchanges({ control }: { control: Control }): Promise<number> {
  return (await control<{ exchangeAttempts: number }>("/calls")).exchangeAttempts;
}
