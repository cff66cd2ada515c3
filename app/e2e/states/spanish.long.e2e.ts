/** Each state that a person can be in, in Spanish: it costs as much as English, which says the same in fewer letters. */
import { testStates } from "./checks/tests.ts";

testStates("es");
