import { digitsOf } from "../world/identifiers.ts";
import { numberByDigits, type World } from "../world/world.ts";
import {
  accountsToChoose,
  chooseAccounts,
  chooseBusiness,
  type DialogSession,
  numbersToChoose,
  type Step,
  signIn,
} from "./session.ts";

/** Takes the answer of one page into the session. Returns what is wrong with it, in words for the page, or null. */
export function answerStep(
  world: World,
  session: DialogSession,
  step: Step,
  form: URLSearchParams,
): string | null {
  switch (step) {
    case "sign-in":
      return answerSignIn(world, session, form);
    case "business":
      return answerBusiness(world, session, form);
    case "accounts":
      return answerAccounts(world, session, form);
    case "numbers":
      return answerNumbers(world, session, form);
    case "review":
      return null;
  }
}

function answerSignIn(world: World, session: DialogSession, form: URLSearchParams): string | null {
  const person = world.people[form.get("person") ?? ""];
  if (!person) return "Choose a person.";
  signIn(world, session, person);
  return null;
}

function answerBusiness(world: World, session: DialogSession, form: URLSearchParams): string | null {
  const person = session.personId === null ? undefined : world.people[session.personId];
  const businessId = form.get("business");
  if (!businessId || !person?.businessIds.includes(businessId)) return "Choose a business portfolio.";
  chooseBusiness(world, session, businessId);
  return null;
}

function answerAccounts(world: World, session: DialogSession, form: URLSearchParams): string | null {
  const possible = accountsToChoose(world, session).map((waba) => waba.id);
  const wabaIds = form.getAll("waba").filter((id) => possible.includes(id));
  const creates = form.has("create");
  const name = (form.get("accountName") ?? "").trim();
  if (creates && name === "") return "Give the new WhatsApp account a name.";
  if (!creates && wabaIds.length === 0) return "Choose at least one WhatsApp account.";
  chooseAccounts(world, session, wabaIds, creates ? name : null);
  return null;
}

function answerNumbers(world: World, session: DialogSession, form: URLSearchParams): string | null {
  const choice = form.get("choice");
  if (choice === "none") {
    session.numberChoice = "none";
    session.numberIds = [];
    return null;
  }
  if (choice === "new") return answerNewNumber(world, session, form);
  const possible = numbersToChoose(world, session).map((number) => number.id);
  const numberIds = form.getAll("number").filter((id) => possible.includes(id));
  if (choice !== "existing" || numberIds.length === 0) {
    return "Choose at least one number, or continue without a number.";
  }
  session.numberChoice = "existing";
  session.numberIds = numberIds;
  return null;
}

function answerNewNumber(world: World, session: DialogSession, form: URLSearchParams): string | null {
  const displayName = (form.get("displayName") ?? "").trim();
  const typed = (form.get("phone") ?? "").trim();
  const digits = digitsOf(typed);
  session.numberChoice = "new";
  session.newNumber = { displayName, phone: typed.startsWith("+") ? typed : `+${typed}` };
  if (displayName === "") return "Give the new number a display name.";
  if (digits.length < 8 || digits.length > 15) return "Enter the new number with its country code.";
  if (numberByDigits(world, digits)) return "This number is already registered to an account.";
  return null;
}
