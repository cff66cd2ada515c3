import { useId } from "react";
import { type ChannelId, channels, connectPath } from "../../integrations/catalog.ts";
import { DocumentForm, SubmitButton } from "../forms/forms.tsx";
import { useTexts } from "../frame/page-context.tsx";
import { SignupWindowForm, useSignupWindow } from "./signup-window/form.tsx";

interface ConnectFormProps {
  channel: ChannelId;
  label: string;
  quiet?: boolean;
  /** Stands below the button, which does not move when it comes. */
  note?: string | undefined;
  /** Whether the number lives in an app on somebody's phone; `ask` where only the person knows. */
  onPhone?: boolean | "ask";
}

/**
 * The start of connecting a channel. The answer leads to Meta, so the whole document goes there; where a window is set
 * up and its script has come, a window opens instead.
 */
export function ConnectForm({ channel, label, quiet = false, note, onPhone = false }: ConnectFormProps) {
  const texts = useTexts();
  const signup = useSignupWindow(channel);
  const look = quiet ? "quiet" : "primary";
  const field = <PhoneAppField channel={channel} onPhone={onPhone} />;
  if (signup)
    return (
      <SignupWindowForm channel={channel} signup={signup} label={label} look={look} note={note}>
        {field}
      </SignupWindowForm>
    );
  return (
    <DocumentForm action={`${connectPath(channel)}/start`}>
      {field}
      <SubmitButton look={look} pending={texts.integrations.connecting}>
        {label}
      </SubmitButton>
      {note ? <p className="mt-3 max-w-prose">{note}</p> : null}
    </DocumentForm>
  );
}

function PhoneAppField({ channel, onPhone }: Required<Pick<ConnectFormProps, "channel" | "onPhone">>) {
  const words = useTexts().channels[channel].phoneApp;
  const hint = useId();
  if (!channels[channel].hasPhoneApp || onPhone === false) return null;
  if (onPhone === true) return <input type="hidden" name="number" value="on_phone" />;
  return (
    <div className="mb-4 max-w-prose">
      <label className="flex min-h-11 cursor-pointer items-center gap-3 sm:min-h-8">
        <input
          type="checkbox"
          name="number"
          value="on_phone"
          aria-describedby={hint}
          className="size-5 shrink-0 accent-ink"
        />
        {words.use}
      </label>
      <p id={hint} className="text-xs text-ink-soft">
        {words.hint}
      </p>
    </div>
  );
}
