/** Each state that a person can be in, in English. */
import { testStates } from "./checks/tests.ts";

testStates("en");
