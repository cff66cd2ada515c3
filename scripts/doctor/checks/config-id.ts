/** The Facebook Login for Business configuration, which no API shows. */
import { check } from "../examine.ts";
import { fail, ok, skip, warn } from "../findings.ts";

const subject = "config id";
const place = "App Dashboard → Facebook Login for Business → Configurations";

/** Set or not; that the number is the right one can only be seen at Meta. */
export const configIdCheck = check(
  subject,
  [],
  async ({ META_CONFIG_ID, META_SIGNUP_WINDOW }, { problems }) => {
    if (problems.some(({ variable }) => variable === "META_CONFIG_ID"))
      return [skip(subject, "needs META_CONFIG_ID")];
    if (META_CONFIG_ID)
      return [ok(subject, `set; Meta has no API to check it against: compare it with ${place}`)];
    const toDo = `create a WhatsApp Embedded Signup configuration and set its id: ${place}`;
    if (META_SIGNUP_WINDOW === "true")
      return [
        fail(subject, "META_SIGNUP_WINDOW is on and does nothing: a window needs META_CONFIG_ID", toDo),
      ];
    return [warn(subject, "META_CONFIG_ID is not set: the dialog asks for plain scopes", toDo)];
  },
);
