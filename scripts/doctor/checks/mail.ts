/** The mail server: without it nobody hears of a lost connection who is not looking. */
import { createSmtpPost, MailFailure } from "../../../app/mail/post.server.ts";
import { Secret } from "../../../app/platform/secret.server.ts";
import { check } from "../examine.ts";
import { fail, ok, skip } from "../findings.ts";

/** Connects, says hello and signs in; sends nothing. To go without is a choice. */
export const mailCheck = check("e-mail", [], async ({ SMTP_URL, MAIL_FROM, APP_ORIGIN }, { problems }) => {
  if (problems.some(({ variable }) => variable === "SMTP_URL")) return [skip("e-mail", "needs SMTP_URL")];
  if (!SMTP_URL)
    return [ok("e-mail", "off: SMTP_URL is not set, so a lost connection is told on pages only")];
  const missing = Object.entries({ MAIL_FROM, APP_ORIGIN }).flatMap(([name, value]) => (value ? [] : [name]));
  if (missing.length > 0) {
    return [
      fail("e-mail", `SMTP_URL is set and ${missing.join(" and ")} not`, "the worker needs all of them"),
    ];
  }
  const post = createSmtpPost({ url: new Secret(SMTP_URL), from: MAIL_FROM ?? "" });
  try {
    await post.verify();
    return [ok("e-mail", "the mail server answers and takes our login")];
  } catch (error) {
    const code = error instanceof MailFailure ? error.code : "unknown";
    const toDo =
      "look at host, port, user and password of SMTP_URL; TLS is required unless it is this machine";
    return [fail("e-mail", `the mail server does not let us in (${code})`, toDo)];
  } finally {
    post.close();
  }
});
