import { Link } from "@remix-run/react";
import type { ManualField, ManualProblem, TypedIds } from "../web/manual-connect.server.ts";
import { linkLook } from "./buttons.tsx";
import { DocumentForm, ErrorSummary, Field, type FormProblem, SubmitButton } from "./forms.tsx";
import { PageHeading } from "./page.tsx";
import { texts } from "./texts.ts";

const words = texts.manual;

interface ManualPageProps {
  refused: { typed: TypedIds; problems: ManualProblem[] } | undefined;
}

/** Three fields for somebody who debugs. The token is never filled in again, whatever was wrong. */
export function ManualPage({ refused }: ManualPageProps) {
  const problems = (refused?.problems ?? []).map(problemWords);
  const errorOf = (field: ManualField) => problems.find((problem) => problem.field === field)?.text;
  const id = { inputMode: "numeric", autoComplete: "off", spellCheck: false, required: true } as const;
  return (
    <div className="grid gap-6">
      <PageHeading title={words.title} lead={words.lead} />
      <ErrorSummary title={words.errors.title} problems={problems} />
      <DocumentForm noValidate className="grid max-w-md gap-5">
        <Field
          {...id}
          name="wabaId"
          label={words.wabaId}
          hint={words.wabaIdHint}
          defaultValue={refused?.typed.wabaId}
          error={errorOf("wabaId")}
        />
        <Field
          {...id}
          name="phoneNumberId"
          label={words.phoneNumberId}
          hint={words.phoneNumberIdHint}
          defaultValue={refused?.typed.phoneNumberId}
          error={errorOf("phoneNumberId")}
        />
        <Field
          name="accessToken"
          type="password"
          autoComplete="off"
          spellCheck={false}
          required
          label={words.accessToken}
          hint={words.accessTokenHint}
          error={errorOf("accessToken")}
        />
        <div className="flex flex-wrap items-center gap-3">
          <SubmitButton pending={words.submitting}>{words.submit}</SubmitButton>
          <Link to="/settings/integrations" className={`py-2 ${linkLook}`}>
            {words.cancel}
          </Link>
        </div>
      </DocumentForm>
    </div>
  );
}

function problemWords(problem: ManualProblem): FormProblem {
  const { errors } = words;
  if (problem.field !== null) {
    const { field, kind } = problem;
    if (field === "accessToken") {
      return { field, text: kind === "missing" ? errors.tokenMissing : errors.tokenMalformed };
    }
    return { field, text: kind === "missing" ? errors.idMissing : errors.idMalformed };
  }
  const { kind } = problem;
  if (kind === "token_rejected") return { field: "accessToken", text: errors.tokenRejected };
  if (kind === "permission_missing") return { field: "accessToken", text: errors.permissionMissing };
  if (kind === "number_not_in_waba") return { field: "phoneNumberId", text: errors.numberNotInWaba };
  const { title, text } = texts.integrations.reasons[kind];
  if (kind === "number_taken") return { field: "phoneNumberId", text: title };
  return { text: `${title} ${text}` };
}
