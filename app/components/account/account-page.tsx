/** A person's own account: another password, and the end of their sessions elsewhere. */
import { useLocation } from "@remix-run/react";
import { pageTexts } from "../../texts/pages.ts";
import { Field } from "../forms/fields.tsx";
import { ActionForm, ErrorSummary, type FormProblem, SubmitButton } from "../forms/forms.tsx";
import { Facts, PageHeading } from "../frame/page.tsx";
import { useTexts } from "../frame/page-context.tsx";
import { type ChangeRefusal, NewPasswordField, type PasswordFieldProblem } from "./account-forms.tsx";

interface AccountPageProps {
  email: string;
  /** Live ones in other browsers. */
  otherSessions: number;
  refused: ChangeRefusal | undefined;
}

export function AccountPage({ email, otherSessions, refused }: AccountPageProps) {
  const texts = useTexts();
  const { own } = pageTexts(texts).account;
  const problems = useProblems(refused);
  return (
    <div className="grid gap-8">
      <div className="grid gap-6">
        <PageHeading title={own.title} />
        <ErrorSummary title={own.unchanged} problems={problems} />
        <Facts facts={[{ name: texts.login.email, value: <span className="break-all">{email}</span> }]} />
      </div>
      <PasswordForm problems={problems} />
      <OtherSessions count={otherSessions} />
    </div>
  );
}

function PasswordForm({ problems }: { problems: FormProblem[] }) {
  const { own } = pageTexts(useTexts()).account;
  const { key: answer } = useLocation();
  const errorOf = (field: string) => problems.find((problem) => problem.field === field)?.text;
  return (
    <section aria-labelledby="change-password" className="grid gap-4">
      <div className="grid gap-1">
        <h2 id="change-password" className="text-base">
          {own.change.title}
        </h2>
        <p className="max-w-prose text-ink-soft">{own.change.lead}</p>
      </div>
      {/* New fields after each answer: what was typed is gone, whatever became of it. */}
      <ActionForm key={answer} noValidate fields={{ act: "change_password" }} className="grid max-w-md gap-5">
        <Field
          name="current"
          label={own.change.current}
          type="password"
          autoComplete="current-password"
          required
          error={errorOf("current")}
        />
        <NewPasswordField error={errorOf("password")} />
        <div>
          <SubmitButton pending={own.change.submitting}>{own.change.submit}</SubmitButton>
        </div>
      </ActionForm>
    </section>
  );
}

function OtherSessions({ count }: { count: number }) {
  const { own } = pageTexts(useTexts()).account;
  return (
    <section aria-labelledby="other-sessions" className="grid gap-4">
      <div className="grid gap-1">
        <h2 id="other-sessions" className="text-base">
          {own.sessions.title}
        </h2>
        <p className="max-w-prose text-ink-soft">{own.sessions.others(count)}</p>
      </div>
      {count > 0 ? (
        <ActionForm fields={{ act: "end_sessions" }}>
          <SubmitButton look="quiet" pending={own.sessions.ending}>
            {own.sessions.end}
          </SubmitButton>
        </ActionForm>
      ) : null}
    </section>
  );
}

function useProblems(refused: AccountPageProps["refused"]): FormProblem[] {
  const texts = useTexts();
  const { own, newPassword } = pageTexts(texts).account;
  if (!refused) return [];
  if (refused.kind === "too_many")
    return [{ text: texts.login.errors.tooMany(Math.ceil(refused.retryAfterSeconds / 60)) }];
  return refused.problems.map(({ field, kind }: PasswordFieldProblem) => {
    if (field === "password") return { field, text: newPassword.problems[kind === "wrong" ? "same" : kind] };
    return { field, text: kind === "missing" ? own.change.currentMissing : own.change.currentWrong };
  });
}
