import { Link } from "@remix-run/react";
import { channelLabels } from "../../integrations/catalog.ts";
import { pageTexts } from "../../texts/pages.ts";
import { Notice } from "../frame/page.tsx";
import { useTexts } from "../frame/page-context.tsx";

/** Shown wherever one would look for a way to answer while there is none; `here`: for this conversation alone. */
export function RepliesOff({ here = false }: { here?: boolean }) {
  const texts = useTexts();
  const words = pageTexts(texts).thread;
  return (
    <Notice look="warn" title={here ? words.repliesOffHere : words.repliesOff(channelLabels())}>
      <Link to="/settings/integrations" className="underline underline-offset-2">
        {words.repliesOffAction}
      </Link>
    </Notice>
  );
}
