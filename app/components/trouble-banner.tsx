/** Says on every page that a number needs somebody; its card on the Integrations page says more. */
import { Link, useLocation } from "@remix-run/react";
import type { TroubledNumber } from "../integrations/trouble.server.ts";
import { Notice } from "./page.tsx";
import { useTexts } from "./page-context.tsx";
import { PhoneNumber } from "./phone-number.tsx";
import { Time } from "./time.tsx";

const integrationsPath = "/settings/integrations";
/** One, however many there are. It comes before the page's heading and is simply so: nothing is announced. */
export function TroubleBanner({ troubled }: { troubled: TroubledNumber[] }) {
  const texts = useTexts();
  const words = texts.trouble;
  const { pathname } = useLocation();
  const [longest, ...others] = troubled;
  if (!longest || pathname.replace(/\/+$/, "") === integrationsPath) return null;
  const { title, reconnectHelps } = texts.channels[longest.channel].troubleOf(longest.code);
  const isOne = others.length === 0;
  return (
    <section aria-label={words.label} className="mb-6">
      <Notice look="warn">
        <p className="font-semibold">
          {isOne ? (
            <>
              <PhoneNumber number={longest.phoneNumber} />: {title}
            </>
          ) : (
            words.several(troubled.length)
          )}
        </p>
        <p className="mt-1 flex flex-wrap gap-x-4 gap-y-1">
          <span>
            {words.since} <Time at={longest.since} />.
          </span>
          <Link to={integrationsPath} className="font-semibold underline underline-offset-2">
            {isOne && reconnectHelps ? texts.integrations.reconnect : words.see}
          </Link>
        </p>
      </Notice>
    </section>
  );
}
