import type { ChannelId } from "../integrations/catalog.ts";
import { DocumentForm, SubmitButton } from "./forms.tsx";
import { texts } from "./texts.ts";

interface ConnectFormProps {
  channel: ChannelId;
  label: string;
  quiet?: boolean;
}

/** The start of connecting a channel. The answer leads to Meta, so the whole document goes there. */
export function ConnectForm({ channel, label, quiet = false }: ConnectFormProps) {
  return (
    <DocumentForm action={`/api/integrations/meta/${channel}/start`}>
      <SubmitButton look={quiet ? "quiet" : "primary"} pending={texts.integrations.connecting}>
        {label}
      </SubmitButton>
    </DocumentForm>
  );
}
