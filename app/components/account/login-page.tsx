import { Link } from "@remix-run/react";
import type { Texts } from "../../texts/catalogue.ts";
import { linkLook } from "../forms/buttons.tsx";
import { Field } from "../forms/fields.tsx";
import { DocumentForm, ErrorSummary, type FormProblem, SubmitButton } from "../forms/forms.tsx";
import { Notice, PageHeading } from "../frame/page.tsx";
import { useTexts } from "../frame/page-context.tsx";
import type { SignInRefusal } from "./account-forms.tsx";

interface LoginPageProps {
  returnTo: string;
  told: "signedOut" | "passwordChanged" | undefined;
  refused: { refusal: SignInRefusal; email: string } | undefined;
}

export function LoginPage({ returnTo, told, refused }: LoginPageProps) {
  const words = useTexts().login;
  const problems = refused ? problemsOf(words.errors, refused.refusal) : [];
  const errorOf = (field: string) => problems.find((problem) => problem.field === field)?.text;
  return (
    <>
      <PageHeading title={words.title} lead={words.lead} />
      {told && !refused ? <Notice look="plain" role="status" title={words[told]} /> : null}
      <ErrorSummary title={words.errors.title} problems={problems} />
      <DocumentForm action="/login" noValidate className="grid gap-4">
        <input type="hidden" name="returnTo" value={returnTo} />
        <Field
          name="email"
          label={words.email}
          type="email"
          autoComplete="username"
          required
          defaultValue={refused?.email}
          error={errorOf("email")}
        />
        <Field
          name="password"
          label={words.password}
          type="password"
          autoComplete="current-password"
          required
          error={errorOf("password")}
        />
        <SubmitButton pending={words.submitting}>{words.submit}</SubmitButton>
      </DocumentForm>
      <p>
        <Link to="/login/forgot" className={linkLook}>
          {words.forgot}
        </Link>
      </p>
    </>
  );
}

function problemsOf(errors: Texts["login"]["errors"], refusal: SignInRefusal): FormProblem[] {
  if (refusal.kind === "too_many")
    return [{ text: errors.tooMany(Math.ceil(refusal.retryAfterSeconds / 60)) }];
  // Which of the two was wrong is nobody's business; the e-mail comes first, so the link leads there.
  if (refusal.kind === "wrong") return [{ field: "email", text: errors.wrong }];
  const missing = { email: errors.emailMissing, password: errors.passwordMissing };
  return refusal.missing.map((field) => ({ field, text: missing[field] }));
}
