/** A browser whose every answer is kept. */
import { type Answer, type Asked, ask } from "../matrix/asks/ask.ts";

export interface KeptAnswer extends Answer {
  method: string;
  path: string;
}

export interface KeepingVisitor {
  /** Name and value of every cookie it has. */
  cookies: Map<string, string>;
  get(path: string, headers?: Record<string, string>): Promise<KeptAnswer>;
  post(path: string, form: Record<string, string>, headers?: Record<string, string>): Promise<KeptAnswer>;
}

/** `kept` gets every answer of every visitor. */
export function keepingVisitor(port: number, origin: string, kept: KeptAnswer[]): KeepingVisitor {
  const cookies = new Map<string, string>();
  const send = async (asked: Omit<Asked, "origin" | "cookie">): Promise<KeptAnswer> => {
    const cookie = [...cookies].map((pair) => pair.join("=")).join("; ") || undefined;
    const answer = {
      ...(await ask(port, { ...asked, origin, cookie })),
      method: asked.method,
      path: asked.path,
    };
    kept.push(answer);
    for (const line of answer.setCookies) {
      const [name = "", ...value] = (line.split(";")[0] ?? "").split("=");
      cookies.set(name, value.join("="));
    }
    return answer;
  };
  return {
    cookies,
    get: (path, headers) => send({ method: "GET", path, headers }),
    post: (path, form, headers) => send({ method: "POST", path, form, headers }),
  };
}
