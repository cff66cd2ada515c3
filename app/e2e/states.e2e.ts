/** Each state that a person can be in, in English. */
import { testStates } from "./states-tests.ts";

testStates("en");
