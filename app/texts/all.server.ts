/** On the server: whoever imports this finds the words of every language, and of every page. */
import { untilTextsAreThere } from "./catalogue.ts";
import "./pages.ts";

await untilTextsAreThere();
