/** The built product under logins of its own. */
import { journeyUnderLogins } from "../installations/logins-journey.ts";
import { test, withTwoWebs } from "../product/two-webs.ts";

const product = withTwoWebs();

test("with logins of their own web and worker connect, receive and show", () => journeyUnderLogins(product));
