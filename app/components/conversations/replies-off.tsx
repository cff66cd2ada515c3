import { Link } from "@remix-run/react";
import { channelLabels } from "../../integrations/catalog.ts";
import { pageTexts } from "../../texts/pages.ts";
import { Notice } from "../frame/page.tsx";
import { useTexts } from "../frame/page-context.tsx";

/** Shown wherever one would look for a way to answer while there is none. */
export function RepliesOff() {
  const texts = useTexts();
  return (
    <Notice look="warn" title={pageTexts(texts).thread.repliesOff(channelLabels())}>
      <Link to="/settings/integrations" className="underline underline-offset-2">
        {pageTexts(texts).thread.repliesOffAction}
      </Link>
    </Notice>
  );
}
