import { DocumentForm, SubmitButton } from "./forms.tsx";
import { texts } from "./texts.ts";

/** The start of connecting WhatsApp. The answer leads to Meta, so the whole document goes there. */
export function ConnectForm({ label, quiet = false }: { label: string; quiet?: boolean }) {
  return (
    <DocumentForm action="/api/integrations/meta/whatsapp/start">
      <SubmitButton look={quiet ? "quiet" : "primary"} pending={texts.integrations.connecting}>
        {label}
      </SubmitButton>
    </DocumentForm>
  );
}
