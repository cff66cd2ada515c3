/** Each state that a person can be in, in English. */
import { testStates } from "./tests.ts";

testStates("en");
