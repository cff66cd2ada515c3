/** Where the mail's link leads: one field for the new password, or what to do when the link opens nothing any more. */
import { Link } from "@remix-run/react";
import { pageTexts } from "../../texts/pages.ts";
import { linkLook } from "../forms/buttons.tsx";
import { DocumentForm, ErrorSummary, type FormProblem, SubmitButton } from "../forms/forms.tsx";
import { PageHeading } from "../frame/page.tsx";
import { useTexts } from "../frame/page-context.tsx";
import { NewPasswordField, type ResetRefusal } from "./account-forms.tsx";

interface ResetPageProps {
  /** Whose password it is; null when the link opens nothing. */
  email: string | null;
  refused: ResetRefusal | undefined;
}

export function ResetPage({ email, refused }: ResetPageProps) {
  const texts = useTexts();
  const { reset, newPassword } = pageTexts(texts).account;
  if (email === null || refused?.kind === "closed") {
    return (
      <>
        <PageHeading title={reset.closed.title} lead={reset.closed.text} />
        <p>
          <Link to="/login/forgot" className={linkLook}>
            {reset.closed.again}
          </Link>
        </p>
      </>
    );
  }
  const problems: FormProblem[] = [];
  if (refused?.kind === "refused")
    problems.push({ field: "password", text: newPassword.problems[refused.problem] });
  if (refused?.kind === "too_many")
    problems.push({ text: texts.login.errors.tooMany(Math.ceil(refused.retryAfterSeconds / 60)) });
  return (
    <>
      <PageHeading title={reset.title} lead={reset.lead} />
      <ErrorSummary title={reset.unchanged} problems={problems} />
      <DocumentForm action="/login/reset" noValidate className="grid gap-4">
        {/* For password managers: whose password this is. */}
        <p className="grid gap-1">
          <span className="font-semibold">{texts.login.email}</span>
          <span className="break-all">{email}</span>
        </p>
        <input type="hidden" name="username" value={email} autoComplete="username" />
        <NewPasswordField error={problems.find(({ field }) => field === "password")?.text} />
        <SubmitButton pending={reset.submitting}>{reset.submit}</SubmitButton>
      </DocumentForm>
    </>
  );
}
