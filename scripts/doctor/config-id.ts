/** The Facebook Login for Business configuration, which no API shows. */
import { check } from "./examine.ts";
import { ok, skip, warn } from "./findings.ts";

const subject = "config id";
const place = "App Dashboard → Facebook Login for Business → Configurations";

/** Set or not; that the number is the right one can only be seen at Meta. */
export const configIdCheck = check(subject, [], async ({ META_CONFIG_ID }, { problems }) => {
  if (problems.some(({ variable }) => variable === "META_CONFIG_ID"))
    return [skip(subject, "needs META_CONFIG_ID")];
  if (META_CONFIG_ID)
    return [ok(subject, `set; Meta has no API to check it against: compare it with ${place}`)];
  const says = "META_CONFIG_ID is not set: the dialog asks for plain scopes";
  return [warn(subject, says, `create a WhatsApp Embedded Signup configuration and set its id: ${place}`)];
});
