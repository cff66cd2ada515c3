/** Signing in, and how that is refused. */
import { origin } from "../journeys/journey.ts";
import { ana, type State, sendForm } from "./world.ts";

const states: Omit<State, "group">[] = [
  {
    name: "plain",
    arrange: async () => "/login",
    says: ({ login }) => login.lead,
  },
  {
    name: "signed out",
    arrange: async () => "/login?signedOut",
    says: ({ login }) => login.signedOut,
  },
  {
    name: "nothing entered",
    arrange: async () => sendForm("/login", { email: "", password: "" }),
    says: ({ login }) => login.errors.passwordMissing,
  },
  {
    name: "wrong password",
    arrange: async () => sendForm("/login", { email: ana, password: "not this one" }),
    says: ({ login }) => login.errors.wrong,
  },
  {
    name: "too many attempts",
    async arrange(page) {
      const form = { email: ana, password: "not this one" };
      await page.goto(`${origin()}/login`);
      // From the browser's own address: attempts are counted for a person at an address.
      await page.evaluate(async (fields) => {
        const body = () => new URLSearchParams(fields);
        for (let attempt = 0; attempt < 5; attempt++) await fetch("/login", { method: "POST", body: body() });
      }, form);
      return sendForm("/login", form);
    },
    says: ({ login }) => login.errors.tooMany(15),
  },
];

export const signInStates: State[] = states.map((state) => ({ group: "sign-in", ...state }));
