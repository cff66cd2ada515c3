import type { ReactNode } from "react";
import { Panel, Section } from "../frame/page.tsx";

/** A titled part of a number's page. Its id can be jumped to. */
export function NumberPart({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  return (
    <div id={id} className="scroll-mt-4">
      <Panel labelledBy={`${id}-title`}>
        <h2 id={`${id}-title`} className="px-5 py-3 text-base">
          {title}
        </h2>
        <Section>{children}</Section>
      </Panel>
    </div>
  );
}
