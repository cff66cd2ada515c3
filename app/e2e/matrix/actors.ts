/** Everybody who asks, what each of them may see, and whose rows their requests must leave as they are. */

import type { Audience } from "./asks/asks.ts";
import type { MatrixProduct } from "./product.ts";
import { everyMark } from "./product.ts";
import { type Finder, finderOf } from "./tenant/needles.ts";
import type { Tenant } from "./tenant/tenant.ts";

export interface Actor {
  name: string;
  cookie: string | undefined;
  /** For the request that ends a session. */
  spareCookies: string[];
  /** Whose ids they try. */
  theirs: Tenant;
  /** Where they work, or worked. */
  own: Tenant;
  /** Routes of these audiences may answer them with more than a refusal. */
  mayVisit: ReadonlySet<Audience>;
  /** Finds what they may not see. */
  forbidden: Finder;
  /** The same on the pages of the platform's staff, where theirs is another view. */
  forbiddenToStaff?: Finder;
  /** Workspaces whose rows stay as they are, whatever they send. */
  untouched: Tenant[];
}

const visits = (...audiences: Audience[]) => new Set<Audience>(["public", ...audiences]);

/** Signs them in, then removes the one and disables the other: their cookies are from before. */
export async function gatherActors(product: MatrixProduct): Promise<Actor[]> {
  const { a, b, staff, parkedMarks, sql } = product;
  const secrets = [a, b].map(({ marks }) => marks.secret);
  const nobodys = everyMark(parkedMarks);
  const [ofA, ofB] = [everyMark(a.marks), everyMark(b.marks)];
  const across = { theirs: a, own: b, untouched: [a] };
  const actor = async (
    name: string,
    email: string | undefined,
    more: Omit<Actor, "name" | "cookie" | "spareCookies">,
  ) => {
    const cookies: string[] = [];
    while (email && cookies.length < 4) cookies.push(await product.signIn(email));
    return { name, cookie: cookies[0], spareCookies: cookies.slice(1), ...more };
  };
  const everything = finderOf([...ofA, ...ofB, ...nobodys]);
  const ofB_ = { ...across, forbidden: finderOf([...ofA, ...secrets, ...nobodys]) };
  const outside = { ...across, mayVisit: visits(), forbidden: everything, untouched: [a, b] };
  const actors = [
    await actor("nobody", undefined, outside),
    await actor("a member elsewhere", b.people.member.email, { ...ofB_, mayVisit: visits("member") }),
    await actor("an admin elsewhere", b.people.admin.email, { ...ofB_, mayVisit: visits("member", "admin") }),
    await actor("a removed member", a.people.removed.email, { ...outside, own: a }),
    await actor("a disabled person", a.people.disabled.email, { ...outside, own: a }),
    await actor("a member who is no admin", a.people.member.email, {
      theirs: b,
      own: a,
      untouched: [b],
      mayVisit: visits("member"),
      forbidden: finderOf([...ofB, ...secrets, ...nobodys]),
    }),
    await actor("the platform's staff", staff.email, {
      theirs: a,
      own: b,
      untouched: [a, b],
      mayVisit: visits("member", "admin", "staff"),
      forbidden: everything,
      // There they see what reached nobody, and the name of who has the number by now.
      forbiddenToStaff: finderOf([a, b].flatMap(({ marks }) => [marks.text, marks.secret])),
    }),
  ];
  await sql("delete from memberships where user_id = $1", [a.people.removed.id]);
  await sql("update users set disabled_at = now() where id = $1", [a.people.disabled.id]);
  return actors;
}
