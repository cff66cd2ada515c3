/** For whoever has forgotten a password: a link by mail, or whom to ask where no mails are sent. */
import { Link } from "@remix-run/react";
import { pageTexts } from "../../texts/pages.ts";
import { linkLook } from "../forms/buttons.tsx";
import { Field } from "../forms/fields.tsx";
import { DocumentForm, ErrorSummary, type FormProblem, SubmitButton } from "../forms/forms.tsx";
import { Notice, PageHeading } from "../frame/page.tsx";
import { useTexts } from "../frame/page-context.tsx";
import type { ForgotRefusal } from "./account-forms.tsx";

/** As an operator types it, in any language. */
const setByOperator = "npm run user:password";

interface ForgotPageProps {
  byMail: boolean;
  operator: string | undefined;
  outcome: { kind: "asked" } | ForgotRefusal | undefined;
}

export function ForgotPage({ byMail, operator, outcome }: ForgotPageProps) {
  const { forgot } = pageTexts(useTexts()).account;
  return (
    <>
      <PageHeading
        title={forgot.title}
        lead={byMail && outcome?.kind !== "asked" ? forgot.lead : undefined}
      />
      {byMail ? <ByMail outcome={outcome} /> : <ByOperator email={operator} />}
      <p>
        <Link to="/login" className={linkLook}>
          {forgot.back}
        </Link>
      </p>
    </>
  );
}

function ByMail({ outcome }: Pick<ForgotPageProps, "outcome">) {
  const texts = useTexts();
  const { forgot } = pageTexts(texts).account;
  if (outcome?.kind === "asked") {
    return (
      <Notice look="plain" role="status" title={forgot.asked.title}>
        {forgot.asked.text}
      </Notice>
    );
  }
  const problems: FormProblem[] = [];
  if (outcome?.kind === "incomplete")
    problems.push({ field: "email", text: texts.login.errors.emailMissing });
  if (outcome?.kind === "too_many")
    problems.push({ text: texts.login.errors.tooMany(Math.ceil(outcome.retryAfterSeconds / 60)) });
  return (
    <>
      <ErrorSummary title={forgot.notAsked} problems={problems} />
      <DocumentForm action="/login/forgot" noValidate className="grid gap-4">
        <Field
          name="email"
          label={texts.login.email}
          type="email"
          autoComplete="username"
          required
          error={problems.find(({ field }) => field === "email")?.text}
        />
        <SubmitButton pending={forgot.submitting}>{forgot.submit}</SubmitButton>
      </DocumentForm>
    </>
  );
}

/** Where no mail can be sent, whoever runs the deployment sets a new one. */
function ByOperator({ email }: { email: string | undefined }) {
  const { forgot } = pageTexts(useTexts()).account;
  return (
    <div className="grid gap-2">
      <p>{forgot.operator.text}</p>
      {email ? (
        <p>
          <a href={`mailto:${email}`} className={linkLook}>
            {email}
          </a>
        </p>
      ) : null}
      <p className="text-xs text-ink-soft">
        {forgot.operator.command} <code className="font-mono break-all">{setByOperator}</code>
      </p>
    </div>
  );
}
