/** Why a form about a person's account was refused, as the pages with those forms tell it. */
import type { NewPasswordProblem } from "../../platform/passwords.server.ts";

interface TooMany {
  kind: "too_many";
  retryAfterSeconds: number;
}

/** `wrong` covers an unknown address, a disabled person and a wrong password alike, in words and in time. */
export type SignInRefusal =
  | { kind: "incomplete"; missing: ("email" | "password")[] }
  | { kind: "wrong" }
  | TooMany;

/** Of asking for a link by which a forgotten password is set anew. */
export type ForgotRefusal = { kind: "incomplete" } | TooMany;

/** `closed`: the link is used, replaced or too old. */
export type ResetRefusal =
  | { kind: "refused"; problem: "missing" | NewPasswordProblem }
  | { kind: "closed" }
  | TooMany;

export interface PasswordFieldProblem {
  field: "current" | "password";
  kind: "missing" | "wrong" | "same" | NewPasswordProblem;
}

export type ChangeRefusal = { kind: "refused"; problems: PasswordFieldProblem[] } | TooMany;
