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
