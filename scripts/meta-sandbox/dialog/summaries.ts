import { type World, wabasOf } from "../world/world.ts";
import type { DialogSession } from "./session.ts";

/** The chosen numbers, for the review page. */
export function numberSummary(world: World, session: DialogSession): string {
  if (session.numberChoice === "none") return "none yet";
  if (session.numberChoice === "new") return `${session.newNumber.phone} (new)`;
  return session.numberIds.map((id) => world.numbers[id]?.displayPhoneNumber ?? id).join(", ");
}

/** What a person would share, for the sign-in page. */
export function portfolioSummary(world: World, businessIds: string[]): string {
  return businessIds
    .map((id) => {
      const wabas = wabasOf(world, id);
      const numbers = Object.values(world.numbers).filter((number) =>
        wabas.some(({ id }) => id === number.wabaId),
      );
      return `${world.businesses[id]?.name ?? id}: ${count(wabas.length, "account")}, ${count(numbers.length, "number")}`;
    })
    .join(" · ");
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? "" : "s"}`;
}
