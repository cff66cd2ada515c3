import { type ChannelId, connectPath } from "../../integrations/catalog.ts";
import { DocumentForm, SubmitButton } from "../forms/forms.tsx";
import { useTexts } from "../frame/page-context.tsx";
import { SignupWindowForm, useSignupWindow } from "./signup-window/form.tsx";

interface ConnectFormProps {
  channel: ChannelId;
  label: string;
  quiet?: boolean;
  /** Stands below the button, which does not move when it comes. */
  note?: string | undefined;
}

/**
 * The start of connecting a channel. The answer leads to Meta, so the whole document goes there; where a window is set
 * up and its script has come, a window opens instead.
 */
export function ConnectForm({ channel, label, quiet = false, note }: ConnectFormProps) {
  const texts = useTexts();
  const signup = useSignupWindow(channel);
  const look = quiet ? "quiet" : "primary";
  if (signup)
    return <SignupWindowForm channel={channel} signup={signup} label={label} look={look} note={note} />;
  return (
    <DocumentForm action={`${connectPath(channel)}/start`}>
      <SubmitButton look={look} pending={texts.integrations.connecting}>
        {label}
      </SubmitButton>
      {note ? <p className="mt-3 max-w-prose">{note}</p> : null}
    </DocumentForm>
  );
}
