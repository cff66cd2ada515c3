import { Link } from "@remix-run/react";
import { channelLabels } from "../../integrations/catalog.ts";
import { threadTexts } from "../../texts/thread.ts";
import { Notice } from "../frame/page.tsx";
import { useTexts } from "../frame/page-context.tsx";

/** Shown wherever one would look for a way to answer while there is none. */
export function RepliesOff() {
  const texts = useTexts();
  return (
    <Notice look="warn" title={threadTexts(texts).repliesOff(channelLabels())}>
      <Link to="/settings/integrations" className="underline underline-offset-2">
        {threadTexts(texts).repliesOffAction}
      </Link>
    </Notice>
  );
}
