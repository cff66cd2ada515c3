/** What somebody reads who has asked Meta for something too often: how long to wait, and that nothing is lost. */
import { buttonLook } from "../forms/buttons.tsx";
import { PageHeading } from "../frame/page.tsx";
import { usePageFacts, useTexts } from "../frame/page-context.tsx";
import { Time } from "../frame/time.tsx";

export interface Wait {
  seconds: number;
  until: Date | string;
}

const minuteSeconds = 60;
const hourSeconds = 60 * minuteSeconds;

/** How long to wait, in minutes where that is less than an hour, and always by the clock. */
export function TooMany({ seconds, until }: Wait) {
  const texts = useTexts();
  const { title, nothingLost, wait } = texts.errors.askedTooOften;
  return (
    <>
      <PageHeading title={title} lead={nothingLost} />
      <p>
        {seconds <= hourSeconds ? `${wait(Math.ceil(seconds / minuteSeconds))} ` : null}
        {texts.integrations.steps.againOn} <Time at={until} />.
      </p>
    </>
  );
}

/** For an address that has no page: without the frame, whose parts are not there. */
export function TooManyDocument({ stylesheet, ...wait }: Wait & { stylesheet: string }) {
  const { language, theme } = usePageFacts();
  const texts = useTexts();
  return (
    <html lang={language} data-theme={theme}>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content={theme === "system" ? "light dark" : theme} />
        <title>{`${texts.errors.askedTooOften.title} · ${texts.product}`}</title>
        <link rel="stylesheet" href={stylesheet} />
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
      </head>
      <body>
        <main id="content" className="mx-auto grid max-w-[52rem] gap-5 px-4 py-6 sm:px-8 md:py-9">
          <TooMany {...wait} />
          <p>
            <a href="/settings/integrations" className={buttonLook.primary}>
              {texts.errors.home}
            </a>
          </p>
        </main>
      </body>
    </html>
  );
}
