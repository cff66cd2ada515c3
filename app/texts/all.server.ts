/** The server knows every language; importing this makes them available. */
import { provideTexts } from "./catalogue.ts";
import { english } from "./en/index.ts";
import { spanish } from "./es/index.ts";

provideTexts("en", english);
provideTexts("es", spanish);
