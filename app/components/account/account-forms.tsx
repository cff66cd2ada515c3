/** What the forms about a person's account share: a new password, and why one was refused, as their pages tell it. */
import type { NewPasswordProblem } from "../../platform/passwords.server.ts";
import { pageTexts } from "../../texts/pages.ts";
import { Field } from "../forms/fields.tsx";
import { useTexts } from "../frame/page-context.tsx";

/** Where somebody chooses a password: what it needs is said before, and managers may make one. */
export function NewPasswordField({ error }: { error: string | undefined }) {
  const { newPassword } = pageTexts(useTexts()).account;
  return (
    <Field
      name="password"
      label={newPassword.label}
      hint={newPassword.hint}
      type="password"
      autoComplete="new-password"
      required
      error={error}
    />
  );
}

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
