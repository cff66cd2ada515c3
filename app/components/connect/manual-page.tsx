import { Link, useLocation } from "@remix-run/react";
import type { ChannelId } from "../../integrations/catalog.ts";
import type { connectManually } from "../../integrations/connect/manual.server.ts";
import type { Texts } from "../../texts/catalogue.ts";
import { pageTexts } from "../../texts/pages.ts";
import { linkLook } from "../forms/buttons.tsx";
import { Field } from "../forms/fields.tsx";
import { ActionForm, ErrorSummary, type FormProblem, SubmitButton } from "../forms/forms.tsx";
import { PageHeading } from "../frame/page.tsx";
import { useTexts } from "../frame/page-context.tsx";

export type ManualField = "wabaId" | "phoneNumberId" | "accessToken";

export type ManualProblem =
  | { field: ManualField; kind: "missing" | "malformed" }
  | { field: null; kind: FailedReason };

type FailedReason = Extract<Awaited<ReturnType<typeof connectManually>>, { kind: "failed" }>["reason"];

/** What may be shown again after a refusal. Never the token. */
export interface TypedIds {
  wabaId: string;
  phoneNumberId: string;
}

interface ManualPageProps {
  channel: ChannelId;
  refused: { typed: TypedIds; problems: ManualProblem[] } | undefined;
}

/**
 * Three fields for somebody who debugs. After an answer they are new ones: the ids as they were understood, and the token
 * never again, whatever was wrong.
 */
export function ManualPage({ channel, refused }: ManualPageProps) {
  const texts = useTexts();
  const words = pageTexts(texts).manual;
  const problems = (refused?.problems ?? []).map((problem) => problemWords(texts, channel, problem));
  const labels = { ...words, ...texts.channels[channel].manual };
  const id = { inputMode: "numeric" } as const;
  const { key: answer } = useLocation();
  const field = (name: ManualField) => ({
    name,
    label: labels[name],
    hint: labels[`${name}Hint`],
    error: problems.find((problem) => problem.field === name)?.text,
    required: true,
    autoComplete: "off",
    spellCheck: false,
  });
  return (
    <div className="grid gap-6">
      <PageHeading title={words.title} lead={words.lead} />
      <ErrorSummary
        title={words.errors.title}
        problems={problems.map(({ field, text }) =>
          field ? { field, text: `${labels[field]}: ${text}` } : { text },
        )}
      />
      <ActionForm noValidate className="grid max-w-md gap-5">
        <Field key={`${answer} wabaId`} {...field("wabaId")} {...id} defaultValue={refused?.typed.wabaId} />
        <Field
          key={`${answer} phoneNumberId`}
          {...field("phoneNumberId")}
          {...id}
          defaultValue={refused?.typed.phoneNumberId}
        />
        <Field key={`${answer} accessToken`} {...field("accessToken")} type="password" />
        <div className="flex flex-wrap items-center gap-3">
          <SubmitButton pending={words.submitting}>{words.submit}</SubmitButton>
          <Link to="/settings/integrations" className={`py-2 ${linkLook}`}>
            {words.cancel}
          </Link>
        </div>
      </ActionForm>
    </div>
  );
}

interface FieldProblem extends FormProblem {
  field?: ManualField;
}

function problemWords(texts: Texts, channel: ChannelId, problem: ManualProblem): FieldProblem {
  const { errors } = pageTexts(texts).manual;
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
  const { title, text } = texts.channels[channel].reasons[kind];
  if (kind === "number_taken") return { field: "phoneNumberId", text: title };
  return { text: `${title} ${text}` };
}
